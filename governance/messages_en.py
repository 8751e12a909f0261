"""English texts of the findings; see governance.messages."""

from __future__ import annotations

TITLES = {
    "ad_group.ads_limit": "Ads per ad group",
    "bid.amount": "Bid amount",
    "bid.publishable": "Bid strategy",
    "budget.unlimited_forbidden": "Unlimited budget",
    "budget.above_spent": "Budget above what is spent",
    "budget.ad_group_minimum": "Minimum budget of the ad group",
    "budget.at_minimum": "Budget exactly at the minimum",
    "budget.campaign_minimum": "Minimum budget of the campaign",
    "budget.currency": "Currency of the ad account",
    "budget.maximum": "Highest daily budget",
    "budget.mode_combination": "Budget modes of campaign and ad group",
    "budget.precision": "Digits of amounts",
    "call_to_action.fits": "Call to action fits the ad",
    "call_to_action.present": "Call to action",
    "disclosure.ai_declared": "AI disclosure",
    "disclosure.disclaimer_length": "Length of the disclaimer",
    "display_name.length": "Display name",
    "format.live_time": "Live time of the format",
    "format.placement": "Placement of the format",
    "format.publishable": "Format can be published automatically",
    "hashtag.challenge": "Hashtag of the challenge",
    "hashtag.length": "Length of hashtags",
    "hashtag.length_ideal": "Ideal length of hashtags",
    "identity.present": "Page that speaks for the ad",
    "landing_page.domain": "Domain of the landing page",
    "landing_page.https": "Secure landing page",
    "landing_page.present": "Landing page",
    "media.aspect_ratio": "Aspect ratio",
    "media.bit_rate": "Bit rate",
    "media.container": "File type",
    "media.cover_ratio": "Cover fits the video",
    "media.duration": "Duration",
    "media.duration_ideal": "Ideal duration",
    "media.required": "Files of the ad",
    "media.resolution": "Lowest resolution",
    "media.resolution_max": "Highest resolution",
    "media.size": "File size",
    "media.sound": "Sound",
    "media.spark_post": "Permission of the creator",
    "media.upload_type": "File type for the upload",
    "schedule.dayparting": "Hours of the week",
    "schedule.end_for_lifetime": "End for a lifetime budget",
    "schedule.end_present": "End date",
    "schedule.order": "Start and end",
    "structure.name": "Name",
    "targeting.minors": "No minors in the audience",
    "text.emoji": "No emoji in texts",
    "text.forbidden_words": "Forbidden words",
    "text.length": "Length of the text",
    "text.symbols": "Links and symbols in the text",
    "landing_page.final_domain": "Domain where the landing page ends up",
    "landing_page.mobile": "Landing page made for phones",
    "landing_page.no_download": "Landing page downloads nothing",
    "landing_page.reachable": "Landing page answers",
    "spark.authorization": "Permission for the Spark Ad",
    "effect.complete": "Name and icon of the effect",
    "schedule.inside_flight": "Schedule inside the campaign",
    "disclosure.parties": "Payer and beneficiary",
}

LABELS = {
    "in_feed": "In-Feed ad",
    "brand_takeover": "Brand Takeover",
    "top_view": "TopView",
    "branded_hashtag_challenge": "Branded Hashtag Challenge",
    "branded_effect": "Branded Effect",
    "spark_ad": "Spark Ad",
    "single_image": "single image",
    "carousel": "carousel",
    "video_shopping": "Video Shopping ad",
    "ad_group": "ad group",
    "currency": "currency of the ad account",
    "ads_in_group": "number of ads in the ad group",
    "lowest_cost": "lowest cost",
    "cost_cap": "cost cap",
    "bid_cap": "bid cap",
    "lead_generation": "lead generation",
    "video_views": "video views",
    "app_promotion": "app promotion",
    "web_conversions": "website conversions",
    "product_sales": "product sales",
    "duration_ms": "duration",
    "size_bytes": "size",
    "has_audio": "sound",
    "bit_rate": "bit rate",
    "container": "file type",
    "characters": "it contains blanks, backslashes or invisible characters",
    "user": "it contains a user name before an @",
    "port": "its port is not a number",
    "host": "its domain is not a plain domain name",
    "form": "it does not have the form https://domain/path",
    "landing_page": "what is behind the landing page",
    "expired": "the certificate has expired",
    "other_host": "the certificate is for another domain",
    "untrusted": "browsers do not trust whoever issued the certificate",
    "handshake": "the server and today's browsers find no common encryption",
    "dynamic_daily": "dynamic daily",
    "unlimited": "unlimited",
    "payer": "payer",
    "beneficiary": "beneficiary",
    "country": "country of the ad account",
}

MESSAGES = {
    # Any rule
    "check.passed": "In order.",
    "check.not_for_format": "Does not apply to the format {format}.",
    "check.not_for_media": "Does not apply: the ad has no file of this kind ({kinds}).",
    "check.nothing_given": "Does not apply: nothing is given that could be checked.",
    "check.unreadable": "The field {path} cannot be read (expected: {expected}). Correct it and submit again.",
    "check.context_missing": "Could not be checked, because something is not known: {what}. Run the checks again.",
    "check.params_invalid": "The rule set gives this rule a setting it does not take: {path} (expected: {expected}). "
    "A policy manager must correct the rule set.",
    "check.rule_unknown": "The rule set names the rule {rule}, which does not exist. A policy manager must correct it.",
    "check.crashed": "The check itself failed, so nothing can be approved on it. Run it again, or tell the operator.",
    "check.silent": "The check gave no answer, so it counts as not passed. Tell the operator.",
    "check.too_many_findings": "More than {limit} findings; the rest was not checked. Correct these first.",
    # Ad group
    "ad_group.too_many_ads": "The ad group would hold {ads} ads; at most {limit} are allowed. Remove {surplus}, "
    "or use another ad group.",
    "bid.amount_missing": "The bid strategy “{strategy}” needs an amount. Enter one, or choose lowest cost.",
    "bid.amount_not_below_budget": "The bid of {amount} is not below the budget of {budget}. Lower the bid or raise "
    "the budget.",
    "bid.amount_not_positive": "The bid of {amount} must be above zero.",
    "bid.amount_unexpected": "With lowest cost there is no bid, but {amount} is given. Remove it, or choose cost cap.",
    "bid.cap_not_publishable": "TikTok's Marketing API cannot set a bid cap. Choose cost cap or lowest cost; it is "
    "never replaced silently.",
    "bid.strategy_unknown": "The bid strategy “{strategy}” does not exist. Choose lowest cost, cost cap or bid cap.",
    "targeting.ages_open": "No age group is chosen, which TikTok reads as any age, minors included. Choose the age "
    "groups from 18 on.",
    "targeting.minors_included": "The audience includes 13 to 17 year olds. Remove this age group.",
    # Budget
    "budget.unlimited_not_allowed": "The campaign's budget is unlimited, which the rules do not allow. Give it a "
    "daily or lifetime budget.",
    "budget.not_live": "Does not apply: nothing was approved before, so nothing is spent.",
    "budget.unchanged": "Does not apply: the budget stays as it was approved.",
    "budget.spent_unknown": "How much is spent already is not known, so a changed budget cannot be checked.",
    "budget.below_spent": "The budget of {amount} is below {percent} % of what is spent already ({spent}). "
    "Give at least {least}, or pause instead.",
    "budget.above_maximum": "The daily budget of {amount} must be below {maximum}. Lower it.",
    "budget.ad_group_below_minimum": "The ad group's daily budget of {amount} is below the minimum of {minimum}. "
    "Raise it by {missing}, or pause the ad group instead.",
    "budget.ad_group_lifetime_below_minimum": "The ad group's lifetime budget of {amount} is below the minimum of "
    "{minimum} for {days} scheduled days. Raise it by {missing}, or shorten the schedule.",
    "budget.amount_missing": "The budget has no amount. Enter the amount.",
    "budget.campaign_below_minimum": "The campaign's budget ({mode}) of {amount} is below the minimum of {minimum}. "
    "Raise it by {missing}, or pause the campaign instead.",
    "budget.currency_differs": "{path} is in {currency}, but the ad account is in {account_currency}. Enter the amount "
    "in {account_currency}.",
    "budget.currency_unknown": "No minimum budget is known for the currency {currency}, so it cannot be checked. "
    "Use an ad account in a currency that TikTok lists.",
    "budget.days_unknown": "The minimum of a lifetime budget depends on the scheduled days, and these are not known. "
    "Enter a start and a later end.",
    "budget.equals_minimum": "The budget of {amount} is exactly the minimum. TikTok's pages disagree on whether that is "
    "enough; a little more is safe.",
    "budget.lifetime_under_daily": "The campaign has a daily budget, so the ad group cannot have a lifetime budget. "
    "Choose a daily budget for the ad group.",
    "budget.minimum_met": "The budget of {amount} reaches the minimum of {minimum}.",
    "budget.not_above_minimum": "The budget of {amount} must be above the minimum of {minimum}. Raise it a little.",
    "budget.not_daily": "Does not apply: the budget is not daily.",
    "budget.not_lifetime": "Does not apply: the budget is not for the lifetime.",
    "budget.set_by_campaign": "Does not apply: the campaign distributes its budget among the ad groups.",
    "budget.too_precise": "{amount} is too precise: TikTok takes steps of {step}. Round {path}.",
    "budget.unlimited": "Does not apply: the campaign's budget is unlimited.",
    # Schedule
    "schedule.always_on": "Does not apply: the ads run at all hours.",
    "schedule.dayparting_empty": "No hour of the week is chosen, which TikTok reads as all hours. Choose the hours, or "
    "pause the ad group instead.",
    "schedule.dayparting_malformed": "The hours of the week must be {slots} marks of 0 or 1, Monday first. Enter them "
    "again.",
    "schedule.end_not_after_start": "The end ({end}) is not after the start ({start}). Choose a later end.",
    "schedule.lifetime_without_end": "A lifetime budget needs an end. Enter the end, or choose a daily budget.",
    "schedule.no_end": "The ad group has no end and would run until someone stops it. Enter an end.",
    "schedule.open_ended": "Does not apply: there is no end.",
    "schedule.start_missing": "The schedule has no start. Enter the start.",
    # Format
    "ad.format_unknown": "The format “{format}” does not exist. Choose one of the nine formats.",
    "format.live_time_open": "A {format} may be live for at most {max} days, but start or end is missing in the ad "
    "group's schedule. Enter both.",
    "format.live_time_too_long": "A {format} may be live for at most {max} days; {days} are scheduled. Choose an "
    "earlier end.",
    "format.live_time_unordered": "The ad group's end is not after its start, so the live time of the {format} cannot "
    "be judged. Choose a later end.",
    "format.not_on_tiktok": "TikTok itself shows no {format} ads. Choose a carousel, or the placements Pangle or Global "
    "App Bundle only.",
    "format.not_publishable": "TikTok's Marketing API cannot create this format ({format}). After approval it has to be "
    "booked with TikTok by hand.",
    # Media
    "media.bit_rate_too_low": "File {position} has {kbps} kbit/s; TikTok asks for at least {min_kbps}. Export it in "
    "higher quality.",
    "media.container_not_allowed": "File {position} is of the type {container}. Allowed for {format}: {allowed}. "
    "Convert it; renaming is not enough.",
    "media.cover_ratio_differs": "The cover (file {position}, {size}) has another shape than the video ({video}). Use a "
    "cover with the video's aspect ratio.",
    "media.duration_above": "File {position} lasts {seconds} s; at most {max} s are allowed. Shorten it.",
    "media.duration_below": "File {position} lasts {seconds} s; at least {min} s are needed. Lengthen it.",
    "media.duration_ideal_above": "File {position} lasts {seconds} s; at most {max} s work best.",
    "media.duration_ideal_below": "File {position} lasts {seconds} s; at least {min} s work best.",
    "media.duration_ideal_outside": "File {position} lasts {seconds} s; {min} to {max} s work best.",
    "media.duration_outside": "File {position} lasts {seconds} s; {min} to {max} s are allowed. Cut it to fit.",
    "media.fact_unknown": "Of file {position} this is not known: {fact}. Upload a file that is complete.",
    "media.file_too_large": "File {position} has {megabytes} MB; at most {max_megabytes} MB are allowed. Compress it.",
    "media.kind_differs": "File {position} is not what the ad says: it is of the kind “{kind}”. Choose it again.",
    "media.kind_missing": "The format {format} needs at least {min} file(s) of the kind “{kind}”; there are {count}. "
    "Add what is missing.",
    "media.kind_not_allowed": "The format {format} takes no file of the kind “{kind}”; there are {count}. Remove them.",
    "media.kind_too_many": "The format {format} takes at most {max} file(s) of the kind “{kind}”; there are {count}. "
    "Remove some.",
    "media.ratio_not_allowed": "File {position} is {size} pixels. Allowed aspect ratios: {allowed}. Crop it to one of "
    "them.",
    "media.ratio_out_of_range": "File {position} is {size} pixels; its aspect ratio must be between {narrowest} and "
    "{widest}. Crop it.",
    "media.resolution_too_high": "File {position} is {size} pixels; at most {max} are allowed. Scale it down.",
    "media.resolution_too_low": "File {position} is {size} pixels; at least {min} are needed. Export it larger.",
    "media.silent": "File {position} has no sound track. TikTok rejects silent videos; add sound.",
    "media.too_few": "The format {format} needs at least {min} file(s); there are {count}. Add what is missing.",
    "media.too_many": "The format {format} takes at most {max} file(s); there are {count}. Remove some.",
    "media.type_not_uploadable": "File {position} is of the type {container}, which TikTok's upload does not name. "
    "Safer are: {allowed}.",
    "media.unprobed": "File {position} has not been examined. Upload it again.",
    "spark_post.missing": "A Spark Ad needs the post that its creator has released. Enter the post or its "
    "authorisation code.",
    # Copy
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
    "text.forbidden_word": "The forbidden word “{word}” is in {field} (written “{found}”). Use another word.",
    "text.no_words_configured": "Does not apply: no forbidden words are set.",
    "text.symbols_found": "The text contains {found}. TikTok shows links, @, # and braces as plain text here at best.",
    "text.too_long": "The text has {length} characters (wide ones count twice); at most {max} are allowed. Remove "
    "{surplus}.",
    "text.too_short": "The text has {length} characters; at least {min} is needed. Write a text.",
    # Destination
    "landing_page.domain_not_allowed": "The landing page is on {host}, which is not an allowed domain ({allowed}). Use an "
    "allowed domain, or ask a policy manager to add this one.",
    "landing_page.malformed": "The landing page “{url}” is not a safe address: {reason}. Enter it again.",
    "landing_page.missing": "The objective {objective} needs a landing page. Enter its address.",
    "landing_page.no_domains_configured": "No landing page domains are allowed yet, so {host} is not either. Ask a "
    "policy manager to add it.",
    "landing_page.not_https": "The landing page “{url}” must begin with https://.",
    "landing_page.not_needed": "Does not apply: the objective needs no landing page.",
    "landing_page.port_not_allowed": "The landing page “{url}” uses port {port}. Use the usual port for https.",
    # Disclosure, identity, name
    "disclosure.ai_not_declared": "It is not said whether the content is AI-generated. Answer yes or no.",
    "disclosure.disclaimer_too_long": "The disclaimer has {length} characters; at most {max} are allowed. Shorten it.",
    "identity.custom_not_allowed": "TikTok takes no ads with a custom identity any more. Choose a page that is a TikTok "
    "account.",
    "identity.not_needed": "Does not apply: the ad does not run in TikTok itself.",
    "identity.page_missing": "An ad on TikTok needs a page that speaks for it. Choose a TikTok account.",
    "structure.name_has_emoji": "The name contains emoji ({emoji}), which TikTok refuses. Remove them.",
    "structure.name_missing": "The name is empty. Enter a name.",
    "structure.name_too_long": "The name has {length} characters; at most {max} are allowed. Shorten it.",
    # Landing page, visited
    "landing_page.broken_answer": "The landing page {url} answers with something that browsers cannot read, or breaks off. Ask "
    "whoever runs the site to look at it.",
    "landing_page.downloads": "Opening {url} saves a file ({content_type}) instead of showing a page. Lead to a page, and let "
    "people start the download themselves.",
    "landing_page.leads_to_app": "The landing page leads to {url}, which opens an app ({reason}) instead of a page. Lead to a "
    "page on the web.",
    "landing_page.leads_to_malformed": "The landing page leads to “{url}”, which is not a safe address: {reason}. Correct the "
    "address or the redirect.",
    "landing_page.leads_to_port": "The landing page leads to {url}, on port {reason}. Use the usual port for https.",
    "landing_page.leaves_domain": "Visitors end up on {host}, which is not an allowed domain ({allowed}). Correct the redirect, or "
    "ask a policy manager to add this domain.",
    "landing_page.name_unknown": "The domain of {url} was not found. Correct the address, or wait until the domain is set up.",
    "landing_page.no_connection": "The server of {url} takes no connections. Ask whoever runs the site to look at it.",
    "landing_page.no_html": "Does not apply: the landing page is not made of HTML.",
    "landing_page.not_fetched": "Could not be checked: this installation does not visit landing pages. Ask the operator to switch "
    "it on, or a policy manager to take this rule out.",
    "landing_page.not_for_phones": "The landing page {url} does not say how wide it is on a phone, so it will look tiny there. Ask "
    "whoever runs the site for a viewport tag.",
    "landing_page.not_public": "The address {url} cannot be reached from the internet, or only in part. Use a public page.",
    "landing_page.not_seen": "Could not be checked, because {url} did not show a page. Correct the landing page first.",
    "landing_page.status": "The landing page {url} answers with an error (status {status}). Correct the address or the page.",
    "landing_page.tls_fault": "The certificate or the encryption of {url} is not in order: {reason}. Ask whoever runs the site to "
    "correct it; browsers show a warning instead of the page.",
    "landing_page.too_many_redirects": "The landing page is redirected again and again, lastly to {url}. Lead to the last page "
    "directly; pages that insist on cookies do this too.",
    "landing_page.too_slow": "The landing page {url} did not answer in time. Ask whoever runs the site to look at it.",
    "landing_page.unencrypted_hop": "On its way the landing page goes through {url}, which is not encrypted. Lead to the last page "
    "directly, or have the redirect corrected to https.",
    # Flight, permission, effect, parties
    "budget.dynamic_without_optimisation": "TikTok takes a dynamic daily budget for a campaign only under budget "
    "optimisation. Switch that on, or choose a daily budget.",
    "budget.optimisation_without_budget": "Budget optimisation distributes the campaign's budget, and the campaign has "
    "none. Give it a budget, or switch the optimisation off.",
    "budget.ignored_under_optimisation": "The campaign distributes its budget, so TikTok would ignore the ad group's "
    "{amount}. Leave the ad group's budget out.",
    "schedule.before_flight": "The ad group starts ({start}) before the campaign's flight does ({flight}). Choose a "
    "later start, or let the flight begin earlier.",
    "schedule.after_flight": "The ad group ends ({end}) after the campaign's flight does ({flight}). Choose an earlier "
    "end, or let the flight last longer.",
    "schedule.open_in_flight": "The campaign's flight ends ({flight}), but the ad group has no end. Enter an end.",
    "schedule.no_flight": "Does not apply: the campaign has no flight.",
    "spark.proof_missing": "A Spark Ad needs the creator's permission. Enter where it is: a reference, or its words.",
    "spark.expiry_missing": "A creator's code is valid for a time, and it is not said until when. Enter the end of the "
    "permission.",
    "spark.ends_too_early": "The creator's permission ends ({until}) before the ad group does ({end}). Have it "
    "prolonged, or choose an earlier end.",
    "spark.ends_some_day": "The creator's permission ends ({until}), but the ad group has no end. Enter an end that is "
    "not later.",
    "effect.name_missing": "The effect has no name. Enter one.",
    "effect.name_too_long": "The effect's name has {length} characters; at most {max} are allowed. Shorten it.",
    "effect.name_symbols": "The effect's name takes English letters, digits and blanks only. Remove everything else.",
    "effect.icon_missing": "The effect has no icon. Upload one and choose it.",
    "effect.icon_container": "The effect's icon is of type {container}; allowed: {allowed}. Save it as one of these.",
    "effect.icon_pixels": "The effect's icon has {width} × {height} pixels and needs {side} × {side}. Scale it.",
    "effect.icon_too_large": "The effect's icon has {size} bytes and must stay below {below}. Compress it.",
    "effect.icon_unprobed": "The effect's icon cannot be checked, since nothing is known of the file. Upload it again.",
    "disclosure.payer_missing": "It is not said who pays for the ad, which has to be named in {countries}. Enter the payer.",
    "disclosure.beneficiary_missing": "It is not said on whose behalf the ad is shown, which has to be named in "
    "{countries}. Enter the beneficiary.",
    "disclosure.party_too_long": "A name ({what}) has {length} characters; at most {max} are allowed. Shorten it.",
    "disclosure.not_in_union": "Does not apply: neither the ad account nor the audience is where payer and beneficiary "
    "have to be named.",
    "disclosure.place_unknown": "The country of a targeted location is not known, and payer or beneficiary is missing. "
    "Enter both, or target whole countries.",
}
