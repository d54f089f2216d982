// The topics that an audit could read, in words.
#pragma once

#include <string>
#include <vector>

#include "harness/model/topics.h"
#include "harness/util/message.h"
#include "reports/translator.h"

namespace mqtts::reports {

// "e-mail address, position"; empty: nothing is suspected.
std::string suspected_kinds(const TopicSeen& topic, const Translator& tr);

// Those with suspected kinds first, then those with the most messages.
std::vector<const TopicSeen*> most_telling(const TopicsSeen& seen);

// "3 topics could be read, 1 of them seems to hold personal data or secrets"
std::vector<Message> summary_of(const TopicsSeen& seen);

}  // namespace mqtts::reports
