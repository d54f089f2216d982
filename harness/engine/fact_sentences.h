// Facts in words, for people.
#pragma once

#include <string_view>

#include "harness/model/facts.h"
#include "harness/util/message.h"

namespace mqtts::engine {

enum class Demand {
  met,
  contradicted
};

// "no version of TLS below 1.2 is accepted" for tls.old_versions = []. What was demanded of a number is told where it is
// contradicted. Empty: there are no words for this fact.
Message sentence_of(std::string_view fact, const FactValue& seen, Demand demand, const FactValue& wanted);

}  // namespace mqtts::engine
