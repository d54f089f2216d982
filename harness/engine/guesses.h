// What somebody without a password might try: it must be wrong, and nobody should be able to tell it from a guess.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mqtts::engine {

// A password that is not `right`, drawn from `seed`: one letter changed, left out or added, one that many people have,
// the user's name, or 24 letters and digits. A broker that looks at some part of a password, or turns away only what
// looks random, lets some of them in.
std::string wrong_password(const std::string& right, const std::string& user_name, std::string_view seed);

// A user's name that is none of `known`, drawn from `seed`: a slip in one of them, a person's, or letters and digits.
// Lower and upper case are no difference: directories often make none.
std::string unknown_user(const std::vector<std::string>& known, std::string_view seed);

}  // namespace mqtts::engine
