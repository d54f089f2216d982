// Words for people: kept as an English template plus arguments until the moment they are printed, so
// that one result can be told in English and in French.
#pragma once

#include <map>
#include <string>

namespace mqtts {

enum class Lang {
  en,
  fr
};

// A text that the author of a plan wrote in both languages.
struct LocalText {
  std::string en;
  std::string fr;

  const std::string& in(Lang lang) const { return lang == Lang::fr && !fr.empty() ? fr : en; }
  bool operator==(const LocalText&) const = default;
};

// A sentence of our own. `text` is English and is also the key of its translation (as with gettext);
// `{name}` in it stands for args["name"]. Arguments may be hostile text: they are never parsed.
struct Message {
  std::string text;
  std::map<std::string, std::string> args;

  bool empty() const { return text.empty(); }
  bool operator==(const Message&) const = default;
};

// The one way to make a Message; tests read the sources for `msg("` to see that each is translated.
inline Message msg(std::string text, std::map<std::string, std::string> args = {}) {
  return {std::move(text), std::move(args)};
}

// Puts `args` in place of each `{name}` of `pattern`. A name without an argument stays as it is.
std::string fill(const std::string& pattern, const std::map<std::string, std::string>& args);

// The English sentence.
inline std::string to_english(const Message& message) { return fill(message.text, message.args); }

}  // namespace mqtts
