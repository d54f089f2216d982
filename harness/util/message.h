// Text for people: an English template plus arguments, formatted only when printed, so that one result can be reported
// in English and in French.
#pragma once

#include <concepts>
#include <map>
#include <string>
#include <utility>

namespace mqtts {

enum class Lang {
  en,
  fr
};

// A plan author's text in both languages; an empty `fr` means English only.
struct LocalText {
  std::string en;
  std::string fr;

  const std::string& in(Lang lang) const { return lang == Lang::fr && !fr.empty() ? fr : en; }
  bool operator==(const LocalText&) const = default;
};

// A message of ours. `text` is English and is also the key of its translation (as with gettext); `{name}` in it stands
// for args["name"]. Arguments may be hostile text: they are never parsed.
struct Message {
  std::string text;
  std::map<std::string, std::string> args;
  // The English template for other numbers than 1, where args["count"] is a number and `text` its singular; else empty.
  std::string plural = {};

  bool empty() const { return text.empty(); }
  bool operator==(const Message&) const = default;
};

// Makes every Message; tests search the sources for `msg("` to check that each is translated.
inline Message msg(std::string text, std::map<std::string, std::string> args = {}) {
  return {std::move(text), std::move(args)};
}

// As msg(), for a sentence with a number, which is {count} in both templates (as gettext's ngettext).
template <std::integral Number>
Message msg_n(Number count, std::string one, std::string several, std::map<std::string, std::string> args = {}) {
  args["count"] = std::to_string(count);
  return {std::move(one), std::move(args), std::move(several)};
}

// True if a sentence with a number takes its singular form: for 1, and in French for 0.
bool takes_singular(const Message& message, Lang lang);

// Replaces each `{name}` of `pattern` with its argument. A name without an argument stays as it is.
std::string fill(const std::string& pattern, const std::map<std::string, std::string>& args);

// Returns the English sentence.
std::string to_english(const Message& message);

}  // namespace mqtts
