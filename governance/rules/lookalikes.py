"""Letters that look like Latin ones. Pure data.

A reader of an advertisement sees shapes. What looks alike differs with the case (the Greek capital Nu is an N, the small one a
v), while words are compared without regard to case; hence two tables.
"""

from __future__ import annotations

from typing import Final

_BY_SHAPE: Final = """
AΑАᎪꓮ BΒВᏴꓐꞴ CСᏟⲤꓚ DᎠꓓ EΕЕᎬꓰ FϜꓝꞘ GԌᏀᏳꓖ HΗНᎻⲎꓧ JͿЈᎫꓙꞲ KΚКᏦⲔꓗ LᏞⳐꓡ MΜϺМᎷⲘꓟ NΝⲚꓠ OΟОՕⲞꓳ
PΡРᏢⲢꓑ RƦᎡᏒꓣ SЅՏᏕᏚꓢ TΤТᎢⲦꓔ UՍꓴ VѴᏙꓦ WԜᎳᏔꓪ XΧХⲬꓫꞳ YΥУҮᎩᎽⲨꓬ ZΖᏃꓜ aαа bƄЬᏏ cсᴄⲥꮯ dԁᏧꓒ eеҽꬲ
fքẝꞙꬵ gƍɡցᶃ hһհᏂ iıɩɪιіӏᎥꙇꭵ jϳј lƖǀΙІӀⲒꓲ nոռ oοσоօᴏᴑⲟꬽ pρрⲣ qԛգզ rгᴦⲅꭇꭈꮁ sƽѕꜱꮪ uʋυսᴜꞟꭎꭒ
vνѵᴠꮩ wɯѡԝաᴡꮃ xх yɣʏγуүᶌỿꭚ zᴢꮓ
aᴀ bʙ dᴅ eᴇ fꜰ gɢ hʜ jᴊ kᴋ lʟ mᴍ nɴ pᴘ rʀ tᴛ
"""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_ENCLOSED: Final = {
    first + index: letter for first in (0x1F150, 0x1F170, 0x1F1E6) for index, letter in enumerate(_LETTERS)
}  # fmt: skip
"""White letters on black circles and squares, and the letters of flags: compatibility forms leave them as they are."""

BY_SHAPE: Final = {ord(twin): group[0] for group in _BY_SHAPE.split() for twin in group[1:]} | _ENCLOSED
"""What looks like a Latin letter, in either case. Source: Unicode's confusables (UTS #39), of them single letters of the
scripts Latin, Cyrillic, Greek, Coptic, Armenian, Cherokee and Lisu whose look is that of one ASCII letter; small capitals."""

FOLDED: Final = str.maketrans(
    {
        **dict(zip("аеорсухіјѕԁһӏԛԝкмтвнгпԍ", "aeopcyxijsdhlqwkmtbhrng", strict=True)),
        **dict(zip("αεορνυικτβηχγωµμɑցհոսօքѵ", "aeopvuiktbhxywuuaghnuopv", strict=True)),
        **dict(zip("ıɩłøđħŧƅɡ", "iilodhtbg", strict=True)),
        **dict.fromkeys("‐‑‒–—―−﹘－", "-"),
        **dict.fromkeys("‘’‛ʼʹ′´`", "'"),
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "æ": "ae",
        "œ": "oe",
    }
)
"""Small letters, as case folding leaves them, by what either case of them looks like (a selection of Unicode's confusables);
umlauts by their spelling of two letters; dashes and apostrophes by the ones on a keyboard."""
