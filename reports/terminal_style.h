// The only path of text to a terminal: makes it plain, and colours it as the style allows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/model/report.h"
#include "reports/style.h"

namespace mqtts::reports {

enum class Color {
  plain,
  strong,
  faint,
  good,
  bad,
  warning,
};

class TerminalStyle {
 public:
  explicit TerminalStyle(const Style& style) : style_(style) {}

  const Style& style() const { return style_; }

  // `text` as one plain line (see plain_text.h), in the colour of the tone.
  std::string operator()(Color tone, std::string_view text) const;

  // A sign of one column. It distinguishes verdicts without colour; cyan and red suit colour-blind readers.
  std::string_view sign(Verdict verdict) const;
  static Color tone(Verdict verdict);

  std::string_view dot() const { return style_.unicode ? "·" : "-"; }
  std::string_view ellipsis() const { return style_.unicode ? "…" : "..."; }

 private:
  Style style_;
};

}  // namespace mqtts::reports
