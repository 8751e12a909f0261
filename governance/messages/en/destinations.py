"""English texts about landing pages, disclosure, identity and audience."""

from __future__ import annotations

TITLES = {
    "disclosure.ai_declared": "AI disclosure",
    "disclosure.disclaimer_length": "Length of the disclaimer",
    "identity.present": "Page that speaks for the ad",
    "landing_page.domain": "Domain of the landing page",
    "landing_page.https": "Secure landing page",
    "landing_page.present": "Landing page",
    "targeting.minors": "No minors in the audience",
    "landing_page.final_domain": "Domain where the landing page ends up",
    "landing_page.mobile": "Landing page made for phones",
    "landing_page.no_download": "Landing page downloads nothing",
    "landing_page.reachable": "Landing page answers",
    "disclosure.parties": "Payer and beneficiary",
    "disclosure.disclaimer_required": "Required disclaimer",
    "targeting.special_category": "Special categories: nobody left out",
}

MESSAGES = {
    "targeting.ages_open": "No age group is chosen, which TikTok reads as any age, minors included. Choose the age "
    "groups from 18 on.",
    "targeting.minors_included": "The audience includes 13 to 17 year olds. Remove this age group.",
    "landing_page.domain_not_allowed": "The landing page is on {host}, which is not an allowed domain ({allowed}). Use an "
    "allowed domain, or ask a policy manager to add this one.",
    "landing_page.malformed": "The landing page “{url}” is not a safe address: {reason}. Enter it again.",
    "landing_page.missing": "The objective {objective} needs a landing page. Enter its address.",
    "landing_page.no_domains_configured": "No landing page domains are allowed yet, so {host} is not either. Ask a "
    "policy manager to add it.",
    "landing_page.not_https": "The landing page “{url}” must begin with https://.",
    "landing_page.not_needed": "Does not apply: the objective needs no landing page.",
    "landing_page.port_not_allowed": "The landing page “{url}” uses port {port}. Use the usual port for https.",
    "disclosure.ai_not_declared": "It is not said whether the content is AI-generated. Answer yes or no.",
    "disclosure.disclaimer_too_long": "The disclaimer has {length} characters; at most {max} are allowed. Shorten it.",
    "identity.custom_not_allowed": "TikTok takes no ads with a custom identity any more. Choose a page that is a TikTok "
    "account.",
    "identity.not_needed": "Does not apply: the ad does not run in TikTok itself.",
    "identity.page_missing": "An ad on TikTok needs a page that speaks for it. Choose a TikTok account.",
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
    "disclosure.payer_missing": "It is not said who pays for the ad, which has to be named in {countries}. Enter the payer.",
    "disclosure.beneficiary_missing": "It is not said on whose behalf the ad is shown, which has to be named in "
    "{countries}. Enter the beneficiary.",
    "disclosure.party_too_long": "A name ({what}) has {length} characters; at most {max} are allowed. Shorten it.",
    "disclosure.not_in_union": "Does not apply: neither the ad account nor the audience is where payer and beneficiary "
    "have to be named.",
    "disclosure.place_unknown": "The country of a targeted location is not known, and payer or beneficiary is missing. "
    "Enter both, or target whole countries.",
    "disclosure.disclaimer_missing": "There is no disclaimer. Enter one.",
    "disclosure.disclaimer_differs": "The disclaimer does not say what is required: “{wanted}”. Add it word by word.",
    "disclosure.no_such_industry": "Does not apply: the campaign is not declared to be of such an industry.",
    "targeting.ages_forbidden": "The audience includes ages that are forbidden here ({ages} years). Remove them.",
    "targeting.narrowed_by_age": "Ads for housing, employment or credit may leave out no adults; add the ages {ages}.",
    "targeting.narrowed_by_gender": "Ads for housing, employment or credit go to every gender, not to {gender} alone. Choose all.",
    "targeting.no_special_category": "Does not apply: this is not about housing, employment or credit.",
}
