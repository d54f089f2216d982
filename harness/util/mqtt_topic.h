// Topic names and filters (MQTT 3.1.1 and 5.0, section 4.7).
#pragma once

#include <string_view>

namespace mqtts {

// A name to publish to: not empty, without wildcards and NUL.
bool is_topic_name(std::string_view text);

// "+" stands alone in its level, "#" alone in the last one.
bool is_topic_filter(std::string_view text);

// Of "$share/GROUP/FILTER", the filter (MQTT 5.0, 4.8.2; many brokers have it in MQTT 3.1.1, too); else the text itself.
std::string_view filter_of_group(std::string_view filter);

// Of a shared subscription, its filter is meant. "#" and "+" at the beginning do not match names that begin with "$" (4.7.2).
bool filter_matches(std::string_view filter, std::string_view name);

}  // namespace mqtts
