"""German texts that any rule uses."""

from __future__ import annotations

MESSAGES = {
    "check.passed": "In Ordnung.",
    "check.not_for_format": "Gilt nicht für das Format {format}.",
    "check.not_for_media": "Gilt nicht: Die Anzeige hat keine Datei dieser Art ({kinds}).",
    "check.nothing_given": "Gilt nicht: Es gibt keine Angabe, die geprüft werden könnte.",
    "check.unreadable": "Das Feld {path} ist nicht lesbar (erwartet: {expected}). Bitte korrigieren und neu einreichen.",
    "check.context_missing": "Nicht prüfbar, weil etwas nicht bekannt ist: {what}. Bitte die Prüfungen neu starten.",
    "check.params_invalid": "Der Regelsatz gibt dieser Regel eine Einstellung, die sie nicht annimmt: {path} (erwartet: "
    "{expected}). Ein Richtlinienverantwortlicher muss den Regelsatz korrigieren.",
    "check.rule_unknown": "Der Regelsatz nennt die Regel {rule}, die es nicht gibt. Ein Richtlinienverantwortlicher muss "
    "ihn korrigieren.",
    "check.crashed": "Die Prüfung selbst ist fehlgeschlagen; darauf kann nichts freigegeben werden. Bitte erneut starten "
    "oder den Betrieb informieren.",
    "check.silent": "Die Prüfung gab keine Antwort und gilt daher als nicht bestanden. Bitte den Betrieb informieren.",
    "check.too_many_findings": "Mehr als {limit} Befunde; der Rest wurde nicht geprüft. Bitte zuerst diese beheben.",
}
