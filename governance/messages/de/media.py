"""German texts about formats, media, effects and Spark Ads."""

from __future__ import annotations

TITLES = {
    "format.live_time": "Laufzeit des Formats",
    "format.placement": "Platzierung des Formats",
    "format.publishable": "Format ist automatisch veröffentlichbar",
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
    "spark.authorization": "Erlaubnis für die Spark-Ad",
    "effect.complete": "Name und Symbol des Effekts",
    "media.duration_ideal_channel": "Ideale Dauer, wie der Kanal sie empfiehlt",
}

MESSAGES = {
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
}
