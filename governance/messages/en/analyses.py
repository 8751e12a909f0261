"""English texts about what is seen and heard in media."""

from __future__ import annotations

TITLES = {
    "media.black_bars": "Black bars",
    "media.brand_colours": "Brand colours",
    "media.clipping": "Clipped sound",
    "media.codec": "Coding of picture and sound",
    "media.duplicate_of_rejected": "Not rejected before",
    "media.forbidden_words": "Forbidden words in pictures",
    "media.loudness": "Loudness",
    "media.silent": "Silence",
}

MESSAGES = {
    "media.all_silent": "The sound track of file {position} is silent from beginning to end. Add sound.",
    "media.analysis_failed": "File {position} could not be analysed: {reason}. Run the checks again, or export the file anew.",
    "media.clipped": "The sound of file {position} is overdriven: {percent} % of it is cut off; at most {max} % may be. "
    "Turn it down before exporting.",
    "media.coding_not_allowed": "The picture of file {position} ({container}) is coded as {codec}. Allowed: {allowed}. "
    "Export it again.",
    "media.colours_missing": "In file {position} {percent} % of the picture is in the brand's colours ({colours}); at least "
    "{min} % are wanted.",
    "media.forbidden_word": "The forbidden word “{word}” is to be read in file {position} (read as “{found}”). Use another "
    "picture.",
    "media.forbidden_word_at": "The forbidden word “{word}” is to be read in file {position} at {second} s (read as “{found}”). "
    "Cut it out, or use another film.",
    "media.has_black_bars": "Black bars take {percent} % of the picture of file {position}; at most {max} % may be. Crop it, "
    "or export it in another aspect ratio.",
    "media.long_silence": "File {position} is silent for {percent} % of its sound track; at most {max} % may be.",
    "media.looks_rejected": "File {position} looks like one that was rejected in another ad. Show it to whoever rejected it, "
    "or use another.",
    "media.no_colours_configured": "The rule set names no brand colours, so that file {position} cannot pass. A policy "
    "manager must enter them.",
    "media.no_sound": "Does not apply: nothing is heard in file {position}.",
    "media.not_analysed": "Could not be checked: file {position} has not been analysed. Run the checks again.",
    "media.not_read": "Could not be checked: the text in file {position} has not been read. Run the checks again.",
    "media.reader_missing": "Could not be checked: text in pictures (file {position}) cannot be read here. Whoever runs this "
    "service has to install the extra “ocr”.",
    "media.reading_failed": "The text in file {position} could not be read: {reason}. Run the checks again, or export the file "
    "anew.",
    "media.rejected_before": "File {position} was rejected in an ad before. Use another.",
    "media.rejected_not_compared": "Could not be checked: {count} rejected file(s) have not been compared with file {position} "
    "yet. Run the checks again.",
    "media.sound_coding_not_allowed": "The sound of file {position} ({container}) is coded as {codec}. Allowed: {allowed}. "
    "Export it again.",
    "media.sound_unknown": "Could not be checked: the sound of file {position} cannot be read. Export the file anew.",
    "media.too_quiet": "The sound of file {position} is too quiet: {lufs} LUFS; at least {min} are wanted. Turn it up.",
}
