// The language in which a run is told.
#pragma once

#include <string>

#include "harness/util/message.h"

namespace mqtts::reports {

// Tells a sentence in one language. A template that has no translation is told in English. Cheap to copy.
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
