"""German texts about landing pages, disclosure, identity and audience."""

from __future__ import annotations

TITLES = {
    "disclosure.ai_declared": "KI-Kennzeichnung",
    "disclosure.disclaimer_length": "Länge des Pflichthinweises",
    "identity.present": "Seite, die für die Anzeige spricht",
    "landing_page.domain": "Domain der Zielseite",
    "landing_page.https": "Sichere Zielseite",
    "landing_page.present": "Zielseite",
    "targeting.minors": "Keine Minderjährigen in der Zielgruppe",
    "landing_page.final_domain": "Domain, auf der die Zielseite endet",
    "landing_page.mobile": "Zielseite für Handys",
    "landing_page.no_download": "Zielseite lädt nichts herunter",
    "landing_page.reachable": "Zielseite antwortet",
    "disclosure.parties": "Zahlende und begünstigte Seite",
    "disclosure.disclaimer_required": "Vorgeschriebener Hinweis",
    "targeting.special_category": "Besondere Kategorien: niemanden ausschließen",
}

MESSAGES = {
    "targeting.ages_open": "Es ist keine Altersgruppe gewählt; TikTok liest das als jedes Alter, auch Minderjährige. Bitte "
    "die Altersgruppen ab 18 wählen.",
    "targeting.minors_included": "Die Zielgruppe enthält 13- bis 17-Jährige. Bitte diese Altersgruppe entfernen.",
    "landing_page.domain_not_allowed": "Die Zielseite liegt auf {host}; das ist keine erlaubte Domain ({allowed}). Bitte eine "
    "erlaubte verwenden oder einen Richtlinienverantwortlichen bitten, sie aufzunehmen.",
    "landing_page.malformed": "Die Zielseite „{url}“ ist keine sichere Adresse: {reason}. Bitte neu eintragen.",
    "landing_page.missing": "Das Ziel {objective} braucht eine Zielseite. Bitte ihre Adresse eintragen.",
    "landing_page.no_domains_configured": "Es sind noch keine Domains für Zielseiten erlaubt, auch {host} nicht. Bitte einen "
    "Richtlinienverantwortlichen bitten, sie aufzunehmen.",
    "landing_page.not_https": "Die Zielseite „{url}“ muss mit https:// beginnen.",
    "landing_page.not_needed": "Gilt nicht: Das Ziel braucht keine Zielseite.",
    "landing_page.port_not_allowed": "Die Zielseite „{url}“ verwendet Port {port}. Bitte den üblichen Port für https "
    "verwenden.",
    "disclosure.ai_not_declared": "Es ist nicht angegeben, ob der Inhalt mit KI erzeugt wurde. Bitte Ja oder Nein angeben.",
    "disclosure.disclaimer_too_long": "Der Pflichthinweis hat {length} Zeichen; höchstens {max} sind erlaubt. Bitte kürzen.",
    "identity.custom_not_allowed": "TikTok nimmt keine Anzeigen mit eigener Identität mehr an. Bitte eine Seite wählen, die "
    "ein TikTok-Konto ist.",
    "identity.not_needed": "Gilt nicht: Die Anzeige läuft nicht in TikTok selbst.",
    "identity.page_missing": "Eine Anzeige auf TikTok braucht eine Seite, die für sie spricht. Bitte ein TikTok-Konto wählen.",
    "landing_page.broken_answer": "Die Zielseite {url} antwortet mit etwas, das Browser nicht lesen können, oder bricht ab. "
    "Bitte vom Betreiber der Website prüfen lassen.",
    "landing_page.downloads": "Beim Öffnen von {url} wird eine Datei gespeichert ({content_type}), statt eine Seite zu zeigen. "
    "Bitte auf eine Seite führen, auf der man den Download selbst beginnt.",
    "landing_page.leads_to_app": "Die Zielseite führt zu {url}; das öffnet eine App ({reason}) statt einer Seite. Bitte auf "
    "eine Seite im Web führen.",
    "landing_page.leads_to_malformed": "Die Zielseite führt zu „{url}“; das ist keine sichere Adresse: {reason}. Bitte die "
    "Adresse oder die Weiterleitung korrigieren.",
    "landing_page.leads_to_port": "Die Zielseite führt zu {url}, auf Port {reason}. Bitte den üblichen Port für https verwenden.",
    "landing_page.leaves_domain": "Besucher landen auf {host}; das ist keine erlaubte Domain ({allowed}). Bitte die "
    "Weiterleitung korrigieren oder die Domain von einem Richtlinienverantwortlichen aufnehmen lassen.",
    "landing_page.name_unknown": "Die Domain von {url} wurde nicht gefunden. Bitte die Adresse korrigieren oder warten, bis "
    "die Domain eingerichtet ist.",
    "landing_page.no_connection": "Der Server von {url} nimmt keine Verbindung an. Bitte vom Betreiber der Website prüfen "
    "lassen.",
    "landing_page.no_html": "Gilt nicht: Die Zielseite besteht nicht aus HTML.",
    "landing_page.not_fetched": "Nicht prüfbar: Diese Installation besucht keine Zielseiten. Bitte vom Betrieb "
    "einschalten oder die Regel von einem Richtlinienverantwortlichen herausnehmen lassen.",
    "landing_page.not_for_phones": "Die Zielseite {url} sagt nicht, wie breit sie auf dem Handy ist, und erscheint dort winzig. "
    "Bitte vom Betreiber der Website ein Viewport-Tag ergänzen lassen.",
    "landing_page.not_public": "Die Adresse {url} ist aus dem Internet nicht oder nur zum Teil erreichbar. Bitte eine "
    "öffentliche Seite verwenden.",
    "landing_page.not_seen": "Nicht prüfbar, weil {url} keine Seite gezeigt hat. Bitte zuerst die Zielseite in Ordnung bringen.",
    "landing_page.status": "Die Zielseite {url} antwortet mit einem Fehler (Status {status}). Bitte die Adresse oder die "
    "Seite korrigieren.",
    "landing_page.tls_fault": "Zertifikat oder Verschlüsselung von {url} ist nicht in Ordnung: {reason}. Bitte vom Betreiber "
    "der Website korrigieren lassen; Browser zeigen sonst eine Warnung statt der Seite.",
    "landing_page.too_many_redirects": "Die Zielseite leitet immer wieder weiter, zuletzt zu {url}. Bitte direkt auf die letzte "
    "Seite führen; auch Seiten, die auf Cookies bestehen, tun das.",
    "landing_page.too_slow": "Die Zielseite {url} hat nicht rechtzeitig geantwortet. Bitte vom Betreiber der Website prüfen "
    "lassen.",
    "landing_page.unencrypted_hop": "Auf ihrem Weg geht die Zielseite über {url}; das ist nicht verschlüsselt. Bitte direkt auf "
    "die letzte Seite führen oder die Weiterleitung auf https umstellen lassen.",
    "disclosure.payer_missing": "Es steht nicht da, wer für die Anzeige zahlt; das muss genannt werden in: "
    "{countries}. Bitte die zahlende Seite eintragen.",
    "disclosure.beneficiary_missing": "Es steht nicht da, für wen die Anzeige läuft; das muss genannt werden in: "
    "{countries}. Bitte die begünstigte Seite eintragen.",
    "disclosure.party_too_long": "Ein Name ({what}) hat {length} Zeichen; höchstens {max} sind erlaubt. Bitte kürzen.",
    "disclosure.not_in_union": "Gilt nicht: Weder Werbekonto noch Zielgruppe liegen dort, wo zahlende und "
    "begünstigte Seite genannt werden müssen.",
    "disclosure.place_unknown": "Das Land eines Zielorts ist nicht bekannt, und die zahlende oder begünstigte Seite "
    "fehlt. Bitte beide eintragen oder ganze Länder wählen.",
    "disclosure.disclaimer_missing": "Es fehlt der Pflichthinweis. Bitte eintragen.",
    "disclosure.disclaimer_differs": "Der Hinweis enthält nicht den vorgeschriebenen Text: „{wanted}“. Bitte wörtlich "
    "aufnehmen.",
    "disclosure.no_such_industry": "Gilt nicht: Die Kampagne ist keiner solchen Branche zugeordnet.",
    "targeting.ages_forbidden": "Die Zielgruppe enthält Altersgruppen, die hier verboten sind ({ages} Jahre). Bitte entfernen.",
    "targeting.narrowed_by_age": "Anzeigen zu Wohnen, Arbeit oder Kredit dürfen keine Erwachsenen auslassen; es fehlen: {ages}.",
    "targeting.narrowed_by_gender": "Anzeigen zu Wohnen, Arbeit oder Kredit gehen an alle Geschlechter, nicht nur an {gender}.",
    "targeting.no_special_category": "Gilt nicht: Es geht nicht um Wohnen, Arbeit oder Kredit.",
}
