"""The fields each object has in v1.3, by JSON type.

Source: SDK models (`CampaignCreateBody`, `AdgroupCreateBody`, `AdgroupUpdateBody`,
`AdcreateCreatives`, `AdupdateCreatives`) and facts 1.3 to 1.6. A field that is not here is
accepted and dropped, as the real API does; the read-back does not show it.
"""

from simulator.words import words

_CAMPAIGN = {
    "bool": """budget_optimize_on catalog_enabled disable_skan_campaign
        is_advanced_dedicated_campaign is_search_campaign rta_bid_enabled
        rta_product_selection_enabled""",
    "number": "budget roas_bid",
    "str": """app_id app_promotion_type bid_type budget_mode campaign_app_profile_page_state
        campaign_name campaign_product_source campaign_type deep_bid_type internal_channel
        objective_type optimization_goal plugin_partner po_number postback_window_mode
        rf_campaign_type rta_id sales_destination virtual_objective_type""",
    "strings": "special_industries",
}
_ADGROUP = {
    "bool": """auto_targeting_enabled automated_keywords_enabled comment_disabled
        exclude_age_under_eighteen is_hfss is_lhf_compliance search_result_enabled
        share_disabled skip_learning_phase smart_audience_enabled
        smart_interest_behavior_enabled video_download_disabled""",
    "int": "shopping_ads_retargeting_actions_days",
    "ints": "device_price_ranges",
    "number": """bid_price budget conversion_bid_price deep_cpa_bid frequency
        frequency_schedule next_day_retention roas_bid""",
    "object": "audience_rule targeting_expansion",
    "objects": """actions app_config excluded_custom_actions included_custom_actions
        search_keywords""",
    "str": """adgroup_app_profile_page_state adgroup_name app_id attribution_event_count
        audience_type bid_display_mode bid_type billing_event brand_safety_partner
        brand_safety_type budget_mode campaign_id catalog_authorized_bc_id catalog_id
        click_attribution_window creative_material_mode custom_conversion_id dayparting
        deep_bid_type deep_funnel_event_source deep_funnel_event_source_id
        deep_funnel_optimization_event deep_funnel_optimization_status
        engaged_view_attribution_window gender identity_authorized_bc_id identity_id
        identity_type ios14_targeting message_event_set_id messaging_app_account_id
        messaging_app_type min_android_version min_ios_version optimization_event
        optimization_goal pacing phone_number phone_region_calling_code phone_region_code
        pixel_id placement_type product_source promotion_target_type promotion_type
        promotion_website_type saved_audience_id schedule_end_time schedule_start_time
        schedule_type secondary_optimization_event
        shopping_ads_retargeting_custom_audience_relation shopping_ads_retargeting_type
        shopping_ads_type spending_power statistic_type store_authorized_bc_id store_id
        vbo_window vertical_sensitivity_id view_attribution_window""",
    "strings": """age_groups audience_ids blocked_pangle_app_ids carrier_ids
        category_exclusion_ids contextual_tag_ids device_model_ids excluded_audience_ids
        excluded_pangle_audience_package_ids household_income
        included_pangle_audience_package_ids interest_category_ids interest_keyword_ids
        isp_ids languages location_ids network_types operating_systems placements
        purchase_intention_keyword_ids tiktok_subplacements zipcode_ids""",
}
_AD = {
    "bool": """creative_authorized instant_product_page_used promotional_music_disabled
        vast_moat_enabled""",
    "int": "carousel_image_index page_id page_image_index tracking_pixel_id",
    "object": "disclaimer_text",
    "objects": "deeplink_utm_params disclaimer_clickable_texts showcase_products utm_params",
    "str": """ad_format ad_name ad_text aigc_disclosure_type app_name auto_message_id
        avatar_icon_web_uri brand_safety_postbid_partner brand_safety_vast_url
        call_to_action call_to_action_id card_id catalog_id click_tracking_url cpp_url
        creative_type dark_post_status deeplink deeplink_format_type deeplink_type
        disclaimer_type display_name dynamic_destination dynamic_format end_card_cta
        fallback_type identity_authorized_bc_id identity_id identity_type
        impression_tracking_url item_duet_status item_stitch_status landing_page_url
        music_id phone_number phone_region_calling_code phone_region_code playable_url
        product_set_id product_specific_type schedule_id shopping_ads_deeplink_type
        shopping_ads_fallback_type shopping_ads_video_package_id tiktok_item_id
        tiktok_page_category tracking_app_id tracking_message_event_set_id
        vertical_video_strategy video_id video_view_tracking_url
        viewability_postbid_partner viewability_vast_url""",
    "strings": """ad_texts auto_disclaimer_types image_ids item_group_ids
        product_display_field_list sku_ids tracking_offline_event_set_ids vehicle_ids""",
}


def _by_name(table: dict[str, str]) -> dict[str, str]:
    return {name: kind for kind, names in table.items() for name in names.split()}


CAMPAIGN_FIELDS = _by_name(_CAMPAIGN)
ADGROUP_FIELDS = _by_name(_ADGROUP)
AD_FIELDS = _by_name(_AD)

CAMPAIGN_UPDATABLE = words("budget campaign_name po_number special_industries")

# What AdgroupUpdateBody lacks is fixed at creation; search_result_enabled is in the model
# and immutable all the same (facts 1.5).
ADGROUP_IMMUTABLE = words(
    """adgroup_app_profile_page_state app_config app_id attribution_event_count bid_display_mode
    billing_event brand_safety_partner budget_mode campaign_id catalog_id click_attribution_window
    creative_material_mode custom_conversion_id engaged_view_attribution_window identity_authorized_bc_id
    identity_id identity_type message_event_set_id messaging_app_account_id messaging_app_type
    optimization_event optimization_goal phone_number phone_region_calling_code phone_region_code
    pixel_id placement_type placements product_source promotion_target_type promotion_type
    promotion_website_type search_result_enabled shopping_ads_type skip_learning_phase statistic_type
    store_authorized_bc_id store_id tiktok_subplacements vbo_window video_download_disabled
    view_attribution_window"""
)

# /ad/update/ with patch_update=true (facts 4.5).
AD_PATCHABLE = words(
    """ad_id ad_name identity_type identity_id identity_authorized_bc_id video_id image_ids music_id
    tiktok_item_id ad_text"""
)
