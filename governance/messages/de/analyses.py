"""German texts about what is seen and heard in media."""

from __future__ import annotations

TITLES = {
    "media.black_bars": "Schwarze Balken",
    "media.brand_colours": "Markenfarben",
    "media.clipping": "Übersteuerter Ton",
    "media.codec": "Codierung von Bild und Ton",
    "media.duplicate_of_rejected": "Nicht schon abgelehnt",
    "media.forbidden_words": "Verbotene Wörter im Bild",
    "media.loudness": "Lautheit",
    "media.silent": "Stille",
}

MESSAGES = {
    "media.all_silent": "Die Tonspur von Datei {position} ist von Anfang bis Ende still. Bitte Ton ergänzen.",
    "media.analysis_failed": "Datei {position} konnte nicht untersucht werden: {reason}. Bitte erneut prüfen lassen oder die "
    "Datei neu ausgeben.",
    "media.clipped": "Der Ton von Datei {position} ist übersteuert: {percent} % sind abgeschnitten, höchstens {max} % sind "
    "erlaubt. Bitte vor dem Ausgeben leiser stellen.",
    "media.coding_not_allowed": "Das Bild von Datei {position} ({container}) ist als {codec} codiert. Erlaubt: {allowed}. "
    "Bitte neu ausgeben.",
    "media.colours_missing": "In Datei {position} sind {percent} % des Bildes in den Markenfarben ({colours}); gewünscht sind "
    "mindestens {min} %.",
    "media.forbidden_word": "Das verbotene Wort „{word}“ ist in Datei {position} zu lesen (gelesen: „{found}“). Bitte ein anderes "
    "Bild verwenden.",
    "media.forbidden_word_at": "Das verbotene Wort „{word}“ ist in Datei {position} bei {second} s zu lesen (gelesen: „{found}“). "
    "Bitte herausschneiden oder einen anderen Film verwenden.",
    "media.has_black_bars": "Schwarze Balken nehmen {percent} % des Bildes von Datei {position} ein; höchstens {max} % sind "
    "erlaubt. Bitte zuschneiden oder in einem anderen Seitenverhältnis ausgeben.",
    "media.long_silence": "Datei {position} ist {percent} % ihrer Tonspur lang still; höchstens {max} % sind erlaubt.",
    "media.looks_rejected": "Datei {position} sieht aus wie eine, die in einer anderen Anzeige abgelehnt wurde. Bitte mit "
    "denen klären, die sie abgelehnt haben, oder eine andere verwenden.",
    "media.no_colours_configured": "Der Regelsatz nennt keine Markenfarben, daher kann Datei {position} nicht bestehen. Ein "
    "Richtlinienverantwortlicher muss sie eintragen.",
    "media.no_sound": "Gilt nicht: In Datei {position} ist nichts zu hören.",
    "media.not_analysed": "Nicht prüfbar: Datei {position} wurde nicht untersucht. Bitte erneut prüfen lassen.",
    "media.not_read": "Nicht prüfbar: Der Text in Datei {position} wurde nicht gelesen. Bitte erneut prüfen lassen.",
    "media.reader_missing": "Nicht prüfbar: Text in Bildern (Datei {position}) kann hier nicht gelesen werden. Wer diesen Dienst "
    "betreibt, muss das Extra „ocr“ installieren.",
    "media.reading_failed": "Der Text in Datei {position} konnte nicht gelesen werden: {reason}. Bitte erneut prüfen lassen "
    "oder die Datei neu ausgeben.",
    "media.rejected_before": "Datei {position} wurde schon einmal in einer Anzeige abgelehnt. Bitte eine andere verwenden.",
    "media.rejected_not_compared": "Nicht prüfbar: {count} abgelehnte Datei(en) wurden noch nicht mit Datei {position} "
    "verglichen. Bitte erneut prüfen lassen.",
    "media.sound_coding_not_allowed": "Der Ton von Datei {position} ({container}) ist als {codec} codiert. Erlaubt: {allowed}. "
    "Bitte neu ausgeben.",
    "media.sound_unknown": "Nicht prüfbar: Der Ton von Datei {position} ist nicht lesbar. Bitte die Datei neu ausgeben.",
    "media.too_quiet": "Der Ton von Datei {position} ist zu leise: {lufs} LUFS; gewünscht sind mindestens {min}. Bitte lauter "
    "stellen.",
}
