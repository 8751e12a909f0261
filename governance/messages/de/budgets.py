"""German texts about ad groups, budgets and schedules."""

from __future__ import annotations

TITLES = {
    "ad_group.ads_limit": "Anzeigen je Anzeigengruppe",
    "bid.amount": "Gebotsbetrag",
    "bid.publishable": "Gebotsstrategie",
    "budget.unlimited_forbidden": "Unbegrenztes Budget",
    "budget.above_spent": "Budget über dem Ausgegebenen",
    "budget.increase": "Erhöhung von Budgets",
    "budget.ad_group_minimum": "Mindestbudget der Anzeigengruppe",
    "budget.at_minimum": "Budget genau am Minimum",
    "budget.campaign_minimum": "Mindestbudget der Kampagne",
    "budget.currency": "Währung des Werbekontos",
    "budget.maximum": "Höchstes Tagesbudget",
    "budget.mode_combination": "Budgetarten von Kampagne und Anzeigengruppe",
    "budget.precision": "Nachkommastellen von Beträgen",
    "schedule.dayparting": "Stunden der Woche",
    "schedule.end_for_lifetime": "Ende bei Laufzeitbudget",
    "schedule.end_present": "Enddatum",
    "schedule.order": "Beginn und Ende",
    "schedule.inside_flight": "Zeitplan innerhalb der Kampagne",
    "ad_group.ads_limit_channel": "Anzeigen je Anzeigengruppe, wie der Kanal sie annimmt",
}

MESSAGES = {
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
    "budget.unlimited_not_allowed": "Das Budget der Kampagne ist unbegrenzt, und das erlauben die Regeln nicht. "
    "Bitte ein Tages- oder Laufzeitbudget eintragen.",
    "budget.not_live": "Gilt nicht: Es war noch nichts freigegeben, also ist nichts ausgegeben.",
    "budget.unchanged": "Gilt nicht: Das Budget bleibt, wie es freigegeben wurde.",
    "budget.spent_unknown": "Wie viel schon ausgegeben ist, ist nicht bekannt; ein geändertes Budget lässt "
    "sich so nicht prüfen.",
    "budget.below_spent": "Das Budget von {amount} liegt unter {percent} % des schon Ausgegebenen "
    "({spent}). Bitte mindestens {least} eintragen oder stattdessen pausieren.",
    "budget.not_raised": "Das Budget wurde binnen {hours} Stunden nicht erhöht.",
    "budget.raised_within": "Das Budget wurde binnen {hours} Stunden um {raised} erhöht, was die Regeln erlauben.",
    "budget.raised_too_fast": "Das Budget steigt binnen {hours} Stunden um {raised}, von {before}: um mehr als {percent} %. "
    "Bitte in kleineren Schritten über längere Zeit erhöhen.",
    "budget.raised_from_nothing": "Vor {hours} Stunden war hierfür noch nichts freigegeben, so dass die ganzen {raised} eine "
    "Erhöhung sind. Bitte eine Ausnahme erfragen oder warten.",
    "budget.raised_too_much": "Das Budget steigt binnen {hours} Stunden um {raised}; erlaubt sind höchstens {most}. "
    "Bitte senken oder warten.",
    "budget.account_raised_too_much": "Alle Budgets des Werbekontos zusammen steigen binnen {hours} Stunden um {raised}; "
    "erlaubt sind höchstens {most}. Was andere Budgets abgaben, zählt nicht dagegen. Bitte dieses senken oder warten.",
    "budget.above_maximum": "Das Tagesbudget von {amount} muss unter {maximum} liegen. Bitte senken.",
    "budget.ad_group_below_minimum": "Das Tagesbudget der Anzeigengruppe von {amount} liegt unter dem Minimum von "
    "{minimum}. Bitte um {missing} erhöhen oder die Anzeigengruppe pausieren.",
    "budget.ad_group_lifetime_below_minimum": "Das Laufzeitbudget der Anzeigengruppe von {amount} liegt unter dem Minimum "
    "von {minimum} für {days} geplante Tage. Bitte um {missing} erhöhen oder den Zeitraum verkürzen.",
    "budget.amount_missing": "Das Budget hat keinen Betrag. Bitte den Betrag eintragen.",
    "budget.campaign_below_minimum": "Das Budget der Kampagne ({mode}) von {amount} liegt unter dem Minimum von {minimum}. "
    "Bitte um {missing} erhöhen oder die Kampagne pausieren.",
    "budget.currency_differs": "{path} ist in {currency}, das Werbekonto aber in {account_currency}. Bitte den Betrag in "
    "{account_currency} eintragen.",
    "budget.currency_unknown": "Für die Währung {currency} ist kein Mindestbudget bekannt; es lässt sich nicht prüfen. "
    "Bitte ein Werbekonto in einer Währung verwenden, die TikTok aufführt.",
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
}
