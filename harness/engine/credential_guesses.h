// Wrong credentials: altered ones, which differ from the right ones in nothing but being wrong, and plausible guesses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mqtts::engine {

// `text` with one character changed into another of its kind (lower case, upper case, digit, punctuation), drawn from
// `seed`: same length, same alphabet, so that a refusal is not for the look of it. Never equal to `text`. Of a text
// without ASCII: as many letters and digits as it has bytes; one letter for an empty one.
std::string altered(const std::string& text, std::string_view seed);

// `altered` of one user's name, but none of `known`, whatever the case.
std::string altered_user(const std::string& name, const std::vector<std::string>& known, std::string_view seed);

// A password that is not `right`, drawn from `seed`: one letter changed, left out or added, one that many people have,
// the user's name, or 24 letters and digits. A broker that looks at some part of a password, or turns away only what
// looks random, lets some of them in.
std::string wrong_password(const std::string& right, const std::string& user_name, std::string_view seed);

// A user's name that is none of `known`, drawn from `seed`: a slip in one of them, a person's, or letters and digits.
// Lower and upper case are no difference: directories often make none.
std::string unknown_user(const std::vector<std::string>& known, std::string_view seed);

}  // namespace mqtts::engine
