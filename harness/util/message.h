// Text for people: an English template plus arguments, formatted only when printed, so that one result can be reported
// in English and in French.
#pragma once

#include <map>
#include <string>

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

  bool empty() const { return text.empty(); }
  bool operator==(const Message&) const = default;
};

// Makes every Message; tests search the sources for `msg("` to check that each is translated.
inline Message msg(std::string text, std::map<std::string, std::string> args = {}) {
  return {std::move(text), std::move(args)};
}

// Replaces each `{name}` of `pattern` with its argument. A name without an argument stays as it is.
std::string fill(const std::string& pattern, const std::map<std::string, std::string>& args);

// Returns the English sentence.
inline std::string to_english(const Message& message) { return fill(message.text, message.args); }

}  // namespace mqtts
