"""German texts of the findings; see governance.messages."""

from __future__ import annotations

TITLES = {
    "ad_group.ads_limit": "Anzeigen je Anzeigengruppe",
    "bid.amount": "Gebotsbetrag",
    "bid.publishable": "Gebotsstrategie",
    "budget.unlimited_forbidden": "Unbegrenztes Budget",
    "budget.above_spent": "Budget über dem Ausgegebenen",
    "budget.ad_group_minimum": "Mindestbudget der Anzeigengruppe",
    "budget.at_minimum": "Budget genau am Minimum",
    "budget.campaign_minimum": "Mindestbudget der Kampagne",
    "budget.currency": "Währung des Anzeigenkontos",
    "budget.maximum": "Höchstes Tagesbudget",
    "budget.mode_combination": "Budgetarten von Kampagne und Anzeigengruppe",
    "budget.precision": "Nachkommastellen von Beträgen",
    "call_to_action.fits": "Handlungsaufforderung passt zur Anzeige",
    "call_to_action.present": "Handlungsaufforderung",
    "disclosure.ai_declared": "KI-Kennzeichnung",
    "disclosure.disclaimer_length": "Länge des Haftungshinweises",
    "display_name.length": "Anzeigename",
    "format.live_time": "Laufzeit des Formats",
    "format.placement": "Platzierung des Formats",
    "format.publishable": "Format ist automatisch veröffentlichbar",
    "hashtag.challenge": "Hashtag der Challenge",
    "hashtag.length": "Länge der Hashtags",
    "hashtag.length_ideal": "Ideale Länge der Hashtags",
    "identity.present": "Seite, die für die Anzeige spricht",
    "landing_page.domain": "Domain der Zielseite",
    "landing_page.https": "Sichere Zielseite",
    "landing_page.present": "Zielseite",
    "media.aspect_ratio": "Seitenverhältnis",
    "media.bit_rate": "Bitrate",
    "media.container": "Dateityp",
    "media.cover_ratio": "Titelbild passt zum Video",
    "media.duration": "Dauer",
    "media.duration_ideal": "Ideale Dauer",
    "media.required": "Dateien der Anzeige",
    "media.resolution": "Mindestauflösung",
    "media.resolution_max": "Höchstauflösung",
    "media.size": "Dateigröße",
    "media.sound": "Ton",
    "media.spark_post": "Erlaubnis des Creators",
    "media.upload_type": "Dateityp für den Upload",
    "schedule.dayparting": "Stunden der Woche",
    "schedule.end_for_lifetime": "Ende bei Laufzeitbudget",
    "schedule.end_present": "Enddatum",
    "schedule.order": "Beginn und Ende",
    "structure.name": "Name",
    "targeting.minors": "Keine Minderjährigen in der Zielgruppe",
    "text.emoji": "Keine Emojis in Texten",
    "text.forbidden_words": "Verbotene Wörter",
    "text.length": "Länge des Textes",
    "text.symbols": "Links und Symbole im Text",
    "landing_page.final_domain": "Domain, auf der die Zielseite endet",
    "landing_page.mobile": "Zielseite für Handys",
    "landing_page.no_download": "Zielseite lädt nichts herunter",
    "landing_page.reachable": "Zielseite antwortet",
    "spark.authorization": "Erlaubnis für die Spark-Ad",
    "effect.complete": "Name und Symbol des Effekts",
    "schedule.inside_flight": "Zeitplan innerhalb der Kampagne",
    "disclosure.parties": "Zahlende und begünstigte Seite",
}

LABELS = {
    "in_feed": "In-Feed-Anzeige",
    "brand_takeover": "Brand-Takeover",
    "top_view": "TopView",
    "branded_hashtag_challenge": "Branded-Hashtag-Challenge",
    "branded_effect": "Branded-Effect",
    "spark_ad": "Spark-Ad",
    "single_image": "Einzelbild",
    "carousel": "Carousel",
    "video_shopping": "Video-Shoppinganzeige",
    "video": "Video",
    "image": "Bild",
    "daily": "täglich",
    "lifetime": "Laufzeit",
    "campaign": "Kampagne",
    "ad_group": "Anzeigengruppe",
    "currency": "Währung des Anzeigenkontos",
    "ads_in_group": "Zahl der Anzeigen in der Anzeigengruppe",
    "lowest_cost": "Lowest cost",
    "cost_cap": "Cost cap",
    "bid_cap": "Bid cap",
    "reach": "Reichweite",
    "traffic": "Traffic",
    "video_views": "Videoaufrufe",
    "lead_generation": "Leadgenerierung",
    "engagement": "Community-Interaktionen",
    "app_promotion": "App-Promotion",
    "web_conversions": "Website-Conversions",
    "product_sales": "Produktverkäufe",
    "kind": "Art",
    "container": "Dateityp",
    "width": "Breite",
    "height": "Höhe",
    "width, height": "Breite und Höhe",
    "duration_ms": "Dauer",
    "size_bytes": "Größe",
    "has_audio": "Ton",
    "bit_rate": "Bitrate",
    "characters": "sie enthält Leerzeichen, Backslashes oder unsichtbare Zeichen",
    "user": "sie enthält einen Benutzernamen vor einem @",
    "port": "ihr Port ist keine Zahl",
    "host": "ihre Domain ist kein einfacher Domainname",
    "form": "sie hat nicht die Form https://domain/pfad",
    "object": "Objekt",
    "text": "Text",
    "list": "Liste",
    "list of texts": "Liste von Texten",
    "true or false": "true oder false",
    "whole number of minor units": "ganze Zahl in kleinsten Einheiten",
    "currency code": "Währungscode",
    "time with offset": "Zeit mit Zeitzone",
    "an object": "ein Objekt",
    "a parameter that this rule knows": "ein Parameter, den diese Regel kennt",
    "a whole number of at least 0, or null for no limit": "eine ganze Zahl ab 0, oder null für keine Grenze",
    "a text": "ein Text",
    "a list of texts": "eine Liste von Texten",
    "the code of a rule": "der Code einer Regel",
    "two whole numbers with ':' between": "zwei ganze Zahlen mit „:“ dazwischen",
    "two whole numbers with 'x' between": "zwei ganze Zahlen mit „x“ dazwischen",
    "numbers above zero": "Zahlen über null",
    "words that are not empty": "Wörter, die nicht leer sind",
    "names such as example.com, without scheme, path or wildcard": "Namen wie example.com, ohne Schema, Pfad und "
    "Platzhalter",
    "daily or lifetime": "täglich oder Laufzeit",
    "daily or lifetime or unlimited": "täglich, Laufzeit oder unbegrenzt",
    "landing_page": "was hinter der Zielseite steckt",
    "expired": "das Zertifikat ist abgelaufen",
    "other_host": "das Zertifikat gilt für eine andere Domain",
    "untrusted": "Browser vertrauen dem Aussteller des Zertifikats nicht",
    "handshake": "Server und heutige Browser finden keine gemeinsame Verschlüsselung",
    "dynamic_daily": "dynamisch täglich",
    "unlimited": "unbegrenzt",
    "payer": "zahlende Seite",
    "beneficiary": "begünstigte Seite",
    "country": "Land des Anzeigenkontos",
}

MESSAGES = {
    # Jede Regel
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
    # Anzeigengruppe
    "ad_group.too_many_ads": "Die Anzeigengruppe hätte {ads} Anzeigen; höchstens {limit} sind erlaubt. Bitte {surplus} "
    "entfernen oder eine andere Anzeigengruppe verwenden.",
    "bid.amount_missing": "Die Gebotsstrategie „{strategy}“ braucht einen Betrag. Bitte eintragen oder Lowest cost wählen.",
    "bid.amount_not_below_budget": "Das Gebot von {amount} liegt nicht unter dem Budget von {budget}. Bitte das Gebot "
    "senken oder das Budget erhöhen.",
    "bid.amount_not_positive": "Das Gebot von {amount} muss über null liegen.",
    "bid.amount_unexpected": "Bei Lowest cost gibt es kein Gebot, angegeben sind aber {amount}. Bitte entfernen oder Cost "
    "cap wählen.",
    "bid.cap_not_publishable": "Die Marketing API von TikTok kann keinen Bid cap setzen. Bitte Cost cap oder Lowest cost "
    "wählen; er wird nie stillschweigend ersetzt.",
    "bid.strategy_unknown": "Die Gebotsstrategie „{strategy}“ gibt es nicht. Bitte Lowest cost, Cost cap oder Bid cap "
    "wählen.",
    "targeting.ages_open": "Es ist keine Altersgruppe gewählt; TikTok liest das als jedes Alter, auch Minderjährige. Bitte "
    "die Altersgruppen ab 18 wählen.",
    "targeting.minors_included": "Die Zielgruppe enthält 13- bis 17-Jährige. Bitte diese Altersgruppe entfernen.",
    # Budget
    "budget.unlimited_not_allowed": "Das Budget der Kampagne ist unbegrenzt, und das erlauben die Regeln nicht. "
    "Bitte ein Tages- oder Laufzeitbudget eintragen.",
    "budget.not_live": "Gilt nicht: Es war noch nichts freigegeben, also ist nichts ausgegeben.",
    "budget.unchanged": "Gilt nicht: Das Budget bleibt, wie es freigegeben wurde.",
    "budget.spent_unknown": "Wie viel schon ausgegeben ist, ist nicht bekannt; ein geändertes Budget lässt "
    "sich so nicht prüfen.",
    "budget.below_spent": "Das Budget von {amount} liegt unter {percent} % des schon Ausgegebenen "
    "({spent}). Bitte mindestens {least} eintragen oder stattdessen pausieren.",
    "budget.above_maximum": "Das Tagesbudget von {amount} muss unter {maximum} liegen. Bitte senken.",
    "budget.ad_group_below_minimum": "Das Tagesbudget der Anzeigengruppe von {amount} liegt unter dem Minimum von "
    "{minimum}. Bitte um {missing} erhöhen oder die Anzeigengruppe pausieren.",
    "budget.ad_group_lifetime_below_minimum": "Das Laufzeitbudget der Anzeigengruppe von {amount} liegt unter dem Minimum "
    "von {minimum} für {days} geplante Tage. Bitte um {missing} erhöhen oder den Zeitraum verkürzen.",
    "budget.amount_missing": "Das Budget hat keinen Betrag. Bitte den Betrag eintragen.",
    "budget.campaign_below_minimum": "Das Budget der Kampagne ({mode}) von {amount} liegt unter dem Minimum von {minimum}. "
    "Bitte um {missing} erhöhen oder die Kampagne pausieren.",
    "budget.currency_differs": "{path} ist in {currency}, das Anzeigenkonto aber in {account_currency}. Bitte den Betrag in "
    "{account_currency} eintragen.",
    "budget.currency_unknown": "Für die Währung {currency} ist kein Mindestbudget bekannt; es lässt sich nicht prüfen. "
    "Bitte ein Anzeigenkonto in einer Währung verwenden, die TikTok aufführt.",
    "budget.days_unknown": "Das Minimum eines Laufzeitbudgets hängt von den geplanten Tagen ab, und die sind nicht bekannt. "
    "Bitte Beginn und ein späteres Ende eintragen.",
    "budget.equals_minimum": "Das Budget von {amount} ist genau das Minimum. Die Seiten von TikTok sind uneins, ob das "
    "reicht; etwas mehr ist sicher.",
    "budget.lifetime_under_daily": "Die Kampagne hat ein Tagesbudget, deshalb kann die Anzeigengruppe kein Laufzeitbudget "
    "haben. Bitte für die Anzeigengruppe ein Tagesbudget wählen.",
    "budget.minimum_met": "Das Budget von {amount} erreicht das Minimum von {minimum}.",
    "budget.not_above_minimum": "Das Budget von {amount} muss über dem Minimum von {minimum} liegen. Bitte etwas erhöhen.",
    "budget.not_daily": "Gilt nicht: Das Budget ist kein Tagesbudget.",
    "budget.not_lifetime": "Gilt nicht: Das Budget ist kein Laufzeitbudget.",
    "budget.set_by_campaign": "Gilt nicht: Die Kampagne verteilt ihr Budget auf die Anzeigengruppen.",
    "budget.too_precise": "{amount} ist zu genau: TikTok nimmt Schritte von {step}. Bitte {path} runden.",
    "budget.unlimited": "Gilt nicht: Das Budget der Kampagne ist unbegrenzt.",
    # Zeitplan
    "schedule.always_on": "Gilt nicht: Die Anzeigen laufen zu jeder Stunde.",
    "schedule.dayparting_empty": "Es ist keine Stunde der Woche gewählt; TikTok liest das als alle Stunden. Bitte Stunden "
    "wählen oder die Anzeigengruppe pausieren.",
    "schedule.dayparting_malformed": "Die Stunden der Woche müssen {slots} Zeichen 0 oder 1 sein, Montag zuerst. Bitte neu "
    "eintragen.",
    "schedule.end_not_after_start": "Das Ende ({end}) liegt nicht nach dem Beginn ({start}). Bitte ein späteres Ende wählen.",
    "schedule.lifetime_without_end": "Ein Laufzeitbudget braucht ein Ende. Bitte das Ende eintragen oder ein Tagesbudget "
    "wählen.",
    "schedule.no_end": "Die Anzeigengruppe hat kein Ende und liefe, bis jemand sie stoppt. Bitte ein Ende eintragen.",
    "schedule.open_ended": "Gilt nicht: Es gibt kein Ende.",
    "schedule.start_missing": "Der Zeitplan hat keinen Beginn. Bitte den Beginn eintragen.",
    # Format
    "ad.format_unknown": "Das Format „{format}“ gibt es nicht. Bitte eines der neun Formate wählen.",
    "format.live_time_open": "Das Format {format} darf höchstens {max} Tage laufen, aber im Zeitplan der Anzeigengruppe "
    "fehlt Beginn oder Ende. Bitte beides eintragen.",
    "format.live_time_too_long": "Das Format {format} darf höchstens {max} Tage laufen; geplant sind {days}. Bitte ein "
    "früheres Ende wählen.",
    "format.live_time_unordered": "Das Ende der Anzeigengruppe liegt nicht nach dem Beginn; die Laufzeit des Formats "
    "{format} ist nicht prüfbar. Bitte ein späteres Ende wählen.",
    "format.not_on_tiktok": "TikTok selbst zeigt keine Anzeigen im Format {format}. Bitte ein Carousel wählen oder nur die "
    "Platzierungen Pangle und Global App Bundle.",
    "format.not_publishable": "Die Marketing API von TikTok kann dieses Format ({format}) nicht anlegen. Nach der Freigabe "
    "muss es von Hand bei TikTok gebucht werden.",
    # Medien
    "media.bit_rate_too_low": "Datei {position} hat {kbps} kbit/s; TikTok verlangt mindestens {min_kbps}. Bitte in höherer "
    "Qualität ausgeben.",
    "media.container_not_allowed": "Datei {position} ist vom Typ {container}. Für {format} erlaubt: {allowed}. Bitte "
    "umwandeln; umbenennen reicht nicht.",
    "media.cover_ratio_differs": "Das Titelbild (Datei {position}, {size}) hat eine andere Form als das Video ({video}). "
    "Bitte ein Titelbild im Seitenverhältnis des Videos verwenden.",
    "media.duration_above": "Datei {position} dauert {seconds} s; höchstens {max} s sind erlaubt. Bitte kürzen.",
    "media.duration_below": "Datei {position} dauert {seconds} s; mindestens {min} s sind nötig. Bitte verlängern.",
    "media.duration_ideal_above": "Datei {position} dauert {seconds} s; ideal sind höchstens {max} s.",
    "media.duration_ideal_below": "Datei {position} dauert {seconds} s; ideal sind mindestens {min} s.",
    "media.duration_ideal_outside": "Datei {position} dauert {seconds} s; ideal sind {min} bis {max} s.",
    "media.duration_outside": "Datei {position} dauert {seconds} s; erlaubt sind {min} bis {max} s. Bitte zuschneiden.",
    "media.fact_unknown": "Von Datei {position} ist nicht bekannt: {fact}. Bitte eine vollständige Datei hochladen.",
    "media.file_too_large": "Datei {position} hat {megabytes} MB; höchstens {max_megabytes} MB sind erlaubt. Bitte "
    "komprimieren.",
    "media.kind_differs": "Datei {position} ist nicht, was die Anzeige angibt: Sie ist von der Art „{kind}“. Bitte neu "
    "auswählen.",
    "media.kind_missing": "Das Format {format} braucht mindestens {min} Datei(en) der Art „{kind}“; es sind {count}. Bitte "
    "ergänzen.",
    "media.kind_not_allowed": "Das Format {format} nimmt keine Datei der Art „{kind}“; es sind {count}. Bitte entfernen.",
    "media.kind_too_many": "Das Format {format} nimmt höchstens {max} Datei(en) der Art „{kind}“; es sind {count}. Bitte "
    "einige entfernen.",
    "media.ratio_not_allowed": "Datei {position} hat {size} Pixel. Erlaubte Seitenverhältnisse: {allowed}. Bitte darauf "
    "zuschneiden.",
    "media.ratio_out_of_range": "Datei {position} hat {size} Pixel; das Seitenverhältnis muss zwischen {narrowest} und "
    "{widest} liegen. Bitte zuschneiden.",
    "media.resolution_too_high": "Datei {position} hat {size} Pixel; erlaubt sind höchstens {max}. Bitte verkleinern.",
    "media.resolution_too_low": "Datei {position} hat {size} Pixel; nötig sind mindestens {min}. Bitte größer ausgeben.",
    "media.silent": "Datei {position} hat keine Tonspur. TikTok lehnt stumme Videos ab; bitte Ton ergänzen.",
    "media.too_few": "Das Format {format} braucht mindestens {min} Datei(en); es sind {count}. Bitte ergänzen.",
    "media.too_many": "Das Format {format} nimmt höchstens {max} Datei(en); es sind {count}. Bitte einige entfernen.",
    "media.type_not_uploadable": "Datei {position} ist vom Typ {container}, den TikToks Upload nicht nennt. Sicherer sind: "
    "{allowed}.",
    "media.unprobed": "Datei {position} wurde nicht untersucht. Bitte erneut hochladen.",
    "spark_post.missing": "Eine Spark-Ad braucht den Post, den sein Creator freigegeben hat. Bitte den Post oder seinen "
    "Autorisierungscode eintragen.",
    # Text
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
    "text.forbidden_word": "Das verbotene Wort „{word}“ steht in {field} (geschrieben „{found}“). Bitte ein anderes Wort "
    "verwenden.",
    "text.no_words_configured": "Gilt nicht: Es sind keine verbotenen Wörter festgelegt.",
    "text.symbols_found": "Der Text enthält {found}. TikTok zeigt Links, @, # und geschweifte Klammern hier bestenfalls als "
    "Text.",
    "text.too_long": "Der Text hat {length} Zeichen (breite zählen doppelt); höchstens {max} sind erlaubt. Bitte {surplus} "
    "entfernen.",
    "text.too_short": "Der Text hat {length} Zeichen; mindestens {min} ist nötig. Bitte einen Text schreiben.",
    # Ziel
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
    # Kennzeichnung, Identität, Name
    "disclosure.ai_not_declared": "Es ist nicht angegeben, ob der Inhalt mit KI erzeugt wurde. Bitte Ja oder Nein angeben.",
    "disclosure.disclaimer_too_long": "Der Haftungshinweis hat {length} Zeichen; höchstens {max} sind erlaubt. Bitte kürzen.",
    "identity.custom_not_allowed": "TikTok nimmt keine Anzeigen mit eigener Identität mehr an. Bitte eine Seite wählen, die "
    "ein TikTok-Konto ist.",
    "identity.not_needed": "Gilt nicht: Die Anzeige läuft nicht in TikTok selbst.",
    "identity.page_missing": "Eine Anzeige auf TikTok braucht eine Seite, die für sie spricht. Bitte ein TikTok-Konto wählen.",
    "structure.name_has_emoji": "Der Name enthält Emojis ({emoji}), die TikTok ablehnt. Bitte entfernen.",
    "structure.name_missing": "Der Name ist leer. Bitte einen Namen eintragen.",
    "structure.name_too_long": "Der Name hat {length} Zeichen; höchstens {max} sind erlaubt. Bitte kürzen.",
    # Zielseite, besucht
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
    # Laufzeit, Erlaubnis, Effekt, Seiten
    "budget.dynamic_without_optimisation": "TikTok nimmt ein dynamisches Tagesbudget für eine Kampagne nur mit "
    "Budgetoptimierung. Bitte sie einschalten oder ein Tagesbudget wählen.",
    "budget.optimisation_without_budget": "Die Budgetoptimierung verteilt das Budget der Kampagne, aber diese hat "
    "keines. Bitte ein Budget eintragen oder die Optimierung ausschalten.",
    "budget.ignored_under_optimisation": "Die Kampagne verteilt ihr Budget, deshalb würde TikTok die {amount} der "
    "Anzeigengruppe nicht beachten. Bitte das Budget der Anzeigengruppe weglassen.",
    "schedule.before_flight": "Die Anzeigengruppe beginnt ({start}) vor der Laufzeit der Kampagne ({flight}). Bitte "
    "einen späteren Beginn wählen oder die Laufzeit früher beginnen lassen.",
    "schedule.after_flight": "Die Anzeigengruppe endet ({end}) nach der Laufzeit der Kampagne ({flight}). Bitte ein "
    "früheres Ende wählen oder die Laufzeit verlängern.",
    "schedule.open_in_flight": "Die Laufzeit der Kampagne endet ({flight}), aber die Anzeigengruppe hat kein Ende. "
    "Bitte ein Ende eintragen.",
    "schedule.no_flight": "Gilt nicht: Die Kampagne hat keine Laufzeit.",
    "spark.proof_missing": "Eine Spark-Ad braucht die Erlaubnis des Creators. Bitte eintragen, wo sie steht, oder "
    "ihren Wortlaut.",
    "spark.expiry_missing": "Der Code eines Creators gilt eine Zeit lang, und es steht nicht da, bis wann. Bitte das "
    "Ende der Erlaubnis eintragen.",
    "spark.ends_too_early": "Die Erlaubnis des Creators endet ({until}) vor der Anzeigengruppe ({end}). Bitte "
    "verlängern lassen oder ein früheres Ende wählen.",
    "spark.ends_some_day": "Die Erlaubnis des Creators endet ({until}), aber die Anzeigengruppe hat kein Ende. Bitte "
    "ein Ende eintragen, das nicht später ist.",
    "effect.name_missing": "Der Effekt hat keinen Namen. Bitte einen eintragen.",
    "effect.name_too_long": "Der Name des Effekts hat {length} Zeichen; höchstens {max} sind erlaubt. Bitte kürzen.",
    "effect.name_symbols": "Der Name des Effekts darf nur englische Buchstaben, Ziffern und Leerzeichen enthalten. "
    "Bitte alles andere entfernen.",
    "effect.icon_missing": "Der Effekt hat kein Symbol. Bitte eines hochladen und auswählen.",
    "effect.icon_container": "Das Symbol des Effekts ist vom Typ {container}; erlaubt sind: {allowed}. Bitte so speichern.",
    "effect.icon_pixels": "Das Symbol des Effekts hat {width} × {height} Pixel und braucht {side} × {side}. Bitte anpassen.",
    "effect.icon_too_large": "Das Symbol des Effekts hat {size} Bytes und muss unter {below} bleiben. Bitte komprimieren.",
    "effect.icon_unprobed": "Das Symbol des Effekts ist nicht prüfbar, weil über die Datei nichts bekannt ist. Bitte "
    "neu hochladen.",
    "disclosure.payer_missing": "Es steht nicht da, wer für die Anzeige zahlt; das muss genannt werden in: "
    "{countries}. Bitte die zahlende Seite eintragen.",
    "disclosure.beneficiary_missing": "Es steht nicht da, für wen die Anzeige läuft; das muss genannt werden in: "
    "{countries}. Bitte die begünstigte Seite eintragen.",
    "disclosure.party_too_long": "Ein Name ({what}) hat {length} Zeichen; höchstens {max} sind erlaubt. Bitte kürzen.",
    "disclosure.not_in_union": "Gilt nicht: Weder Anzeigenkonto noch Zielgruppe liegen dort, wo zahlende und "
    "begünstigte Seite genannt werden müssen.",
    "disclosure.place_unknown": "Das Land eines Zielorts ist nicht bekannt, und die zahlende oder begünstigte Seite "
    "fehlt. Bitte beide eintragen oder ganze Länder wählen.",
}
