"""German texts of customers' own rules."""

from __future__ import annotations

TITLES = {
    "custom.expression": "Eigene Regel",
}

MESSAGES = {
    "custom.failed": "Regel „{key}“: {message}",
    "custom.unexplained": "Die Regel „{key}“ Ihrer Organisation ist nicht erfüllt. Wer sie schrieb, hat nichts dazu erklärt; "
    "fragen Sie die Richtlinienverwaltung.",
    "custom.absent": "Nicht prüfbar: Der Ausdruck liest, was hier keinen Wert hat ({names}). Ein Richtlinienverantwortlicher muss "
    "ihn zuerst nach „…_present“ fragen lassen.",
    "custom.undecided": "Nicht prüfbar: {problem}. Ein Richtlinienverantwortlicher muss den Ausdruck korrigieren.",
}
