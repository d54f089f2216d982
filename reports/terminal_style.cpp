#include "reports/terminal_style.h"

#include "reports/plain_text.h"

namespace mqtts::reports {
namespace {

// SGR parameters (ECMA-48 section 8.3.117).
std::string_view escape_of(Color tone) {
  switch (tone) {
    case Color::plain: return "";
    case Color::strong: return "\x1b[1m";
    case Color::faint: return "\x1b[2m";
    case Color::good: return "\x1b[36m";
    case Color::bad: return "\x1b[1;31m";
    case Color::warning: return "\x1b[33m";
  }
  return "";
}

}  // namespace

std::string TerminalStyle::operator()(Color tone, std::string_view text) const {
  auto shown = plain_line(text);
  const auto escape = escape_of(tone);
  if (!style_.color || escape.empty() || shown.empty()) return shown;
  return std::string(escape) + shown + "\x1b[0m";
}

std::string_view TerminalStyle::sign(Verdict verdict) const {
  switch (verdict) {
    case Verdict::pass: return style_.unicode ? "✔" : "+";
    case Verdict::fail: return style_.unicode ? "✖" : "x";
    case Verdict::error: return "!";
    case Verdict::skip: return style_.unicode ? "–" : "-";
  }
  return "?";
}

Color TerminalStyle::tone(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return Color::good;
    case Verdict::fail: return Color::bad;
    case Verdict::error: return Color::warning;
    case Verdict::skip: return Color::faint;
  }
  return Color::plain;
}

}  // namespace mqtts::reports
