"""English texts about formats, media, effects and Spark Ads."""

from __future__ import annotations

TITLES = {
    "format.live_time": "Live time of the format",
    "format.placement": "Placement of the format",
    "format.publishable": "Format can be published automatically",
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
    "spark.authorization": "Permission for the Spark Ad",
    "effect.complete": "Name and icon of the effect",
    "media.duration_ideal_channel": "Ideal duration, as the channel recommends it",
}

MESSAGES = {
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
}
