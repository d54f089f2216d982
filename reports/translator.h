// The language of a run's output.
#pragma once

#include <string>

#include "harness/util/message.h"

namespace mqtts::reports {

// Translates messages into one language. A template without a translation stays English. Cheap to copy.
class Translator {
 public:
  explicit Translator(Lang lang) : lang_(lang) {}

  std::string operator()(const Message& message) const;
  const std::string& operator()(const LocalText& text) const { return text.in(lang_); }
  Lang lang() const { return lang_; }

 private:
  Lang lang_;
};

}  // namespace mqtts::reports
