"""German texts about names, captions, hashtags and calls to action."""

from __future__ import annotations

TITLES = {
    "call_to_action.fits": "Handlungsaufforderung passt zur Anzeige",
    "call_to_action.present": "Handlungsaufforderung",
    "display_name.length": "Anzeigename",
    "hashtag.challenge": "Hashtag der Challenge",
    "hashtag.length": "Länge der Hashtags",
    "hashtag.length_ideal": "Ideale Länge der Hashtags",
    "structure.name": "Name",
    "text.emoji": "Keine Emojis in Texten",
    "text.forbidden_words": "Verbotene Wörter",
    "text.length": "Länge des Textes",
    "text.symbols": "Links und Symbole im Text",
    "text.capitals": "Großbuchstaben in Texten",
    "text.letter_symbols": "Verkleidete Buchstaben und gehäufte Zeichen",
    "text.required_words": "Vorgeschriebene Wörter",
    "structure.naming": "Namensregel",
}

MESSAGES = {
    "call_to_action.missing": "Es fehlt die Handlungsaufforderung. Bitte eine wählen, damit klar ist, was als Nächstes zu "
    "tun ist.",
    "call_to_action.not_for_format": "Die Handlungsaufforderung „{call_to_action}“ geht nicht mit dem Format {format}. Bitte "
    "eine andere wählen.",
    "call_to_action.not_for_objective": "Die Handlungsaufforderung „{call_to_action}“ geht nur mit dem Ziel {objective}. "
    "Bitte eine andere wählen.",
    "call_to_action.unknown": "Die Handlungsaufforderung „{call_to_action}“ gibt es bei TikTok nicht. Bitte eine aus der "
    "Liste wählen.",
    "display_name.from_page": "Gilt nicht: Die Seite gibt den Namen vor.",
    "display_name.missing": "Ohne Seite braucht die Anzeige einen Anzeigenamen. Bitte eintragen oder eine Seite wählen.",
    "display_name.too_long": "Der Anzeigename hat {length} Zeichen; höchstens {max} sind erlaubt. Bitte kürzen.",
    "hashtag.characters_not_allowed": "Der Hashtag „{hashtag}“ darf nur aus Buchstaben und Ziffern bestehen.",
    "hashtag.longer_than_ideal": "Der Hashtag „{hashtag}“ hat {length} Zeichen; ideal sind bis zu {max}.",
    "hashtag.missing": "Eine Branded-Hashtag-Challenge braucht ihren Hashtag. Bitte eintragen.",
    "hashtag.too_long": "Der Hashtag „{hashtag}“ hat {length} Zeichen; höchstens {max} sind erlaubt. Bitte kürzen.",
    "text.emoji_found": "Text oder Anzeigename enthält Emojis ({emoji}), die TikTok hier ablehnt. Bitte entfernen.",
    "text.for_others": "Gilt nicht: Die Anzeigengruppe ist für andere Sprachen oder Märkte.",
    "text.forbidden_word": "Das verbotene Wort „{word}“ steht in {field} (geschrieben „{found}“). Bitte ein anderes Wort "
    "verwenden.",
    "text.no_words_configured": "Gilt nicht: Es sind keine verbotenen Wörter festgelegt.",
    "text.symbols_found": "Der Text enthält {found}. TikTok zeigt Links, @, # und geschweifte Klammern hier bestenfalls als "
    "Text.",
    "text.too_long": "Der Text hat {length} Zeichen (breite zählen doppelt); höchstens {max} sind erlaubt. Bitte {surplus} "
    "entfernen.",
    "text.too_short": "Der Text hat {length} Zeichen; mindestens {min} sind nötig. Bitte einen längeren Text schreiben.",
    "structure.name_has_emoji": "Der Name enthält Emojis ({emoji}), die TikTok ablehnt. Bitte entfernen.",
    "structure.name_missing": "Der Name ist leer. Bitte einen Namen eintragen.",
    "structure.name_too_long": "Der Name hat {length} Zeichen; höchstens {max} sind erlaubt. Bitte kürzen.",
    "text.too_many_capitals": "{percent} % der Buchstaben in {field} sind Großbuchstaben; höchstens {most} % sollten es "
    "sein. Bitte klein schreiben.",
    "text.letters_spaced": "In {field} stehen Buchstaben einzeln ({found}). Bitte ganze Wörter schreiben.",
    "text.letters_replaced": "In {field} stehen Zeichen statt Buchstaben ({found}). Bitte die Buchstaben schreiben.",
    "text.marks_repeated": "In {field} stehen zu viele Zeichen hintereinander ({found}). Bitte weniger setzen.",
    "text.alphabets_mixed": "In {field} stecken Buchstaben eines anderen Alphabets in einem Wort ({found}). Bitte das "
    "Wort neu tippen.",
    "text.required_word_missing": "Das vorgeschriebene Wort „{word}“ fehlt. Bitte in den Text oder den Hinweis aufnehmen.",
    "text.no_words_required": "Gilt nicht: Es sind keine vorgeschriebenen Wörter festgelegt.",
    "structure.name_not_as_agreed": "Der Name ist nicht wie {pattern} aufgebaut: Nach „{after}“ wird {wanted} erwartet.",
    "structure.name_begins_otherwise": "Der Name ist nicht wie {pattern} aufgebaut: Er sollte mit {wanted} beginnen.",
    "structure.name_goes_on": "Der Name ist nicht wie {pattern} aufgebaut: Nach „{after}“ sollte er enden.",
    "structure.no_pattern": "Gilt nicht: Dafür ist keine Namensregel festgelegt.",
}
