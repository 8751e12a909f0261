"""English texts about names, captions, hashtags and calls to action."""

from __future__ import annotations

TITLES = {
    "call_to_action.fits": "Call to action fits the ad",
    "call_to_action.present": "Call to action",
    "display_name.length": "Display name",
    "hashtag.challenge": "Hashtag of the challenge",
    "hashtag.length": "Length of hashtags",
    "hashtag.length_ideal": "Ideal length of hashtags",
    "structure.name": "Name",
    "text.emoji": "No emoji in texts",
    "text.forbidden_words": "Forbidden words",
    "text.length": "Length of the text",
    "text.symbols": "Links and symbols in the text",
    "text.capitals": "Capitals in texts",
    "text.letter_symbols": "Letters in disguise and rows of marks",
    "text.required_words": "Required words",
    "structure.naming": "Naming convention",
}

MESSAGES = {
    "call_to_action.missing": "There is no call to action. Choose one, so that people know what to do next.",
    "call_to_action.not_for_format": "The call to action “{call_to_action}” cannot be used with the format {format}. "
    "Choose another one.",
    "call_to_action.not_for_objective": "The call to action “{call_to_action}” works only with the objective "
    "{objective}. Choose another one.",
    "call_to_action.unknown": "The call to action “{call_to_action}” does not exist on TikTok. Choose one of the list.",
    "display_name.from_page": "Does not apply: the page gives the name.",
    "display_name.missing": "Without a page the ad needs a display name. Enter one, or choose a page.",
    "display_name.too_long": "The display name has {length} characters; at most {max} are allowed. Shorten it.",
    "hashtag.characters_not_allowed": "The hashtag “{hashtag}” may consist of letters and digits only.",
    "hashtag.longer_than_ideal": "The hashtag “{hashtag}” has {length} characters; up to {max} are ideal.",
    "hashtag.missing": "A Branded Hashtag Challenge needs its hashtag. Enter it.",
    "hashtag.too_long": "The hashtag “{hashtag}” has {length} characters; at most {max} are allowed. Shorten it.",
    "text.emoji_found": "Text or display name contains emoji ({emoji}), which TikTok refuses here. Remove them.",
    "text.for_others": "Does not apply: the ad group is for other languages or markets.",
    "text.forbidden_word": "The forbidden word “{word}” is in {field} (written “{found}”). Use another word.",
    "text.no_words_configured": "Does not apply: no forbidden words are set.",
    "text.symbols_found": "The text contains {found}. TikTok shows links, @, # and braces as plain text here at best.",
    "text.too_long": "The text has {length} characters (wide ones count twice); at most {max} are allowed. Remove "
    "{surplus}.",
    "text.too_short": "The text has {length} characters; at least {min} are needed. Write a longer text.",
    "structure.name_has_emoji": "The name contains emoji ({emoji}), which TikTok refuses. Remove them.",
    "structure.name_missing": "The name is empty. Enter a name.",
    "structure.name_too_long": "The name has {length} characters; at most {max} are allowed. Shorten it.",
    "text.too_many_capitals": "{percent} % of the letters in {field} are capitals; at most {most} % should be. Use small "
    "letters.",
    "text.letters_spaced": "In {field} letters stand apart ({found}). Write whole words.",
    "text.letters_replaced": "In {field} signs stand for letters ({found}). Write the letters.",
    "text.marks_repeated": "In {field} there are too many marks in a row ({found}). Use fewer.",
    "text.alphabets_mixed": "In {field} letters of another alphabet hide in a word ({found}). Type the word anew.",
    "text.required_word_missing": "The required word “{word}” is missing. Put it into the text or the disclaimer.",
    "text.no_words_required": "Does not apply: no required words are set.",
    "structure.name_not_as_agreed": "The name is not built like {pattern}: after “{after}”, {wanted} is expected.",
    "structure.name_begins_otherwise": "The name is not built like {pattern}: it should begin with {wanted}.",
    "structure.name_goes_on": "The name is not built like {pattern}: it should end after “{after}”.",
    "structure.no_pattern": "Does not apply: no naming convention is set for this.",
}
