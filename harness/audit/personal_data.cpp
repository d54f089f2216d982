#include "harness/audit/personal_data.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>

#include "harness/util/ascii.h"
#include "harness/util/parse_number.h"

namespace mqtts::audit {
namespace {

constexpr auto none = std::string_view::npos;
constexpr std::size_t longest_key = 40;
constexpr std::size_t longest_value = 256;
constexpr std::size_t shortest_token = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }
bool is_of(std::string_view set, char c) { return set.find(c) != none; }
bool is_base64url(char c) { return is_alphanumeric(c) || is_of("-_", c); }

char at(std::string_view text, std::size_t position) { return position < text.size() ? text[position] : '\0'; }

// Length of the run of such characters that begins there, `most` at most.
template <class Is>
std::size_t run_length(std::string_view text, std::size_t from, Is is, std::size_t most) {
  std::size_t length = 0;
  while (length < most && from + length < text.size() && is(text[from + length])) ++length;
  return length;
}

// The same of the run that ends before there.
template <class Is>
std::size_t run_before(std::string_view text, std::size_t end, Is is, std::size_t most) {
  std::size_t length = 0;
  while (length < most && length < end && is(text[end - length - 1])) ++length;
  return length;
}

// ---- a key and its value: "key": "value", key=value

struct Pair {
  std::string key;  // in lower case, without "_" and "-"
  std::string_view value;
};

// Of the ":" or "=" there.
std::optional<Pair> pair_around(std::string_view text, std::size_t sign) {
  const auto is_quote = [](char c) { return is_of("\"'", c); };
  const auto is_of_key = [](char c) { return is_alphanumeric(c) || is_of("_-", c); };
  auto end = sign;
  end -= run_before(
      text, end, [](char c) { return c == ' '; }, 4);
  end -= run_before(text, end, is_quote, 1);
  const auto length = run_before(text, end, is_of_key, longest_key);
  if (length == 0) return std::nullopt;
  Pair pair;
  std::ranges::copy_if(text.substr(end - length, length), std::back_inserter(pair.key), is_alphanumeric);
  pair.key = lower_case(pair.key);
  auto from = sign + 1;
  from += run_length(
      text, from, [](char c) { return is_of(" \t", c); }, 4);
  const char quote = is_quote(at(text, from)) ? text[from++] : '\0';
  const auto is_of_value = [quote](char c) {
    return quote != '\0' ? c != quote : !is_of(",;&}] \t\r\n", c) && static_cast<unsigned char>(c) >= ' ';
  };
  pair.value = text.substr(from, run_length(text, from, is_of_value, longest_value));
  return pair;
}

bool is_any_of(std::string_view key, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, key) != names.end();
}

bool ends_with_any_of(std::string_view key, std::initializer_list<std::string_view> ends) {
  return std::ranges::any_of(ends, [&](std::string_view end) { return key.ends_with(end); });
}

// Not what stands for one that is not told.
bool is_told(std::string_view value) {
  if (value.empty() || is_any_of(value, {"null", "true", "false", "none", "None", "nil", "undefined"})) return false;
  return !std::ranges::all_of(value, [&](char c) { return c == value.front() && is_of("*xX.-", c); }) &&
         !is_of("{[<$", value.front());
}

bool tells_password(const Pair& pair) {
  const bool is_its_name =
      is_any_of(pair.key, {"pwd", "psk", "pass", "mdp"}) ||
      ends_with_any_of(pair.key, {"password", "passwd", "passphrase", "secret", "motdepasse", "passwort"});
  return is_its_name && is_told(pair.value);
}

bool tells_token(const Pair& pair) {
  return ends_with_any_of(pair.key, {"token", "apikey", "accesskey", "secretkey", "sessionid"}) &&
         pair.value.size() >= shortest_token &&
         std::ranges::all_of(pair.value, [](char c) { return is_base64url(c) || is_of("+/=.~", c); });
}

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, is_digit));
}

bool tells_phone(const Pair& pair) {
  const bool is_its_name =
      is_any_of(pair.key, {"phone", "tel", "telephone", "mobile", "msisdn", "gsm"}) ||
      ends_with_any_of(pair.key, {"phonenumber", "phoneno", "mobilenumber", "telephonenumber", "numerotelephone"});
  const auto digits = count_digits(pair.value);
  return is_its_name && digits >= 8 && digits <= 15 &&
         std::ranges::all_of(pair.value, [](char c) { return is_digit(c) || is_of("+() .-/", c); });
}

// A number with a point and decimals, of no more than that: whole degrees are no position of anybody.
bool is_coordinate(std::string_view value, double most) {
  const auto point = value.find('.');
  if (point == none || value.size() > 24 || value.size() - point < 3) return false;
  if (value.front() == '+') value.remove_prefix(1);
  double number = 0;
  const auto* end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, number, std::chars_format::fixed);
  return read.ec == std::errc() && read.ptr == end && number >= -most && number <= most;
}

// ---- forms that need no key

bool is_email_at(std::string_view text, std::size_t sign) {
  const auto is_local = [](char c) { return is_alphanumeric(c) || is_of("._%+-", c); };
  const auto local = run_before(text, sign, is_local, 65);
  if (local == 0 || local > 64 || !is_alphanumeric(text[sign - local])) return false;
  // user:password@host of a URL
  if (local < sign && is_of(":/", text[sign - local - 1]) &&
      text.substr(sign - std::min<std::size_t>(sign, 200), std::min<std::size_t>(sign, 200)).find("://") != none)
    return false;
  const auto domain =
      text.substr(sign + 1, run_length(
                                text, sign + 1, [](char c) { return is_alphanumeric(c) || is_of(".-", c); }, 255));
  const auto name = domain.substr(0, domain.find_last_not_of(".-") == none ? 0 : domain.find_last_not_of(".-") + 1);
  const auto dot = name.rfind('.');
  if (dot == none || dot == 0 || name.front() == '-' || name.find("..") != none) return false;
  const auto last = name.substr(dot + 1);
  return last.size() >= 2 && std::ranges::all_of(last, is_letter);
}

// scheme://user:password@host
bool is_login_of_url_at(std::string_view text, std::size_t colon) {
  if (text.substr(colon, 3) != "://" || colon == 0 || !is_alphanumeric(text[colon - 1])) return false;
  const auto is_authority = [](char c) { return static_cast<unsigned char>(c) > ' ' && !is_of("/?#\"'<>", c); };
  const auto authority = text.substr(colon + 3, run_length(text, colon + 3, is_authority, longest_value));
  const auto sign = authority.rfind('@');
  const auto between = authority.find(':');
  return sign != none && between != none && between + 1 < sign;
}

// Two parts that begin as JSON objects do in base64, and the signature, which may be empty.
bool is_jwt_at(std::string_view text, std::size_t from) {
  if (from > 0 && is_base64url(text[from - 1])) return false;
  const auto header = run_length(text, from, is_base64url, 4096);
  if (header < 12 || at(text, from + header) != '.') return false;
  const auto claims = from + header + 1;
  if (!text.substr(claims).starts_with("eyJ")) return false;
  return at(text, claims + run_length(text, claims, is_base64url, 4096)) == '.';
}

bool is_prefixed_token_at(std::string_view text, std::size_t from, std::string_view prefix, std::size_t rest) {
  if (!text.substr(from).starts_with(prefix) || (from > 0 && is_alphanumeric(text[from - 1]))) return false;
  return run_length(
             text, from + prefix.size(), [](char c) { return is_base64url(c) || is_of(".~+/", c); }, rest) == rest;
}

// RFC 7468; also "RSA PRIVATE KEY" and its like.
bool is_private_key_at(std::string_view text, std::size_t from) {
  if (!text.substr(from).starts_with("-----BEGIN ")) return false;
  return text.substr(from, 60).find("PRIVATE KEY-----") != none;
}

// International, E.164: "+33 6 12 34 56 78"; a number with a sign and a fraction is none.
bool is_phone_at(std::string_view text, std::size_t plus) {
  if (plus > 0 && (is_alphanumeric(text[plus - 1]) || is_of(".:+-", text[plus - 1]))) return false;
  const auto is_of_number = [](char c) { return is_digit(c) || is_of(" -.()", c); };
  auto number = text.substr(plus + 1, run_length(text, plus + 1, is_of_number, 30));
  while (!number.empty() && !is_digit(number.back())) number.remove_suffix(1);
  const auto digits = count_digits(number);
  if (digits < 9 || digits > 15 || number.front() == '0' || !is_digit(number.front())) return false;
  const bool is_fraction = std::ranges::count(number, '.') == 1 && digits + 1 == number.size();
  return !is_fraction && !is_alphanumeric(at(text, plus + 1 + number.size()));
}

// French, in pairs: "06 12 34 56 78"
bool is_french_phone_at(std::string_view text, std::size_t from) {
  constexpr std::size_t size = 14;
  if (from > 0 && (is_alphanumeric(text[from - 1]) || is_of(".,-:/", text[from - 1]))) return false;
  const auto number = text.substr(from, size);
  if (number.size() < size || number[0] != '0' || !is_of("123456789", number[1]) || !is_of(" .", number[2]))
    return false;
  for (std::size_t i = 0; i < size; ++i)
    if (i % 3 == 2 ? number[i] != number[2] : !is_digit(number[i])) return false;
  return !is_alphanumeric(at(text, from + size)) && !is_of(" .", at(text, from + size));
}

bool has_luhn_sum(std::string_view digits) {
  int sum = 0;
  bool is_doubled = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, is_doubled = !is_doubled) {
    const int value = (*digit - '0') * (is_doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

// Of a scheme that issues cards, by first digits and length (ISO/IEC 7812).
bool is_of_issuer(std::string_view digits) {
  const auto first = [&](std::size_t count) { return leading_number<int>(digits.substr(0, count)); };
  const auto size = digits.size();
  if (digits.front() == '4') return size == 13 || size == 16 || size == 19;
  if ((first(2) >= 51 && first(2) <= 55) || (first(4) >= 2221 && first(4) <= 2720)) return size == 16;
  if (first(2) == 34 || first(2) == 37) return size == 15;
  if (first(4) == 6011 || first(2) == 65 || (first(4) >= 3528 && first(4) <= 3589)) return size == 16;
  return (first(2) == 36 || first(2) == 38) && size == 14;
}

// In one piece, or in groups with one kind of sign between.
bool is_card_at(std::string_view text, std::size_t from) {
  if (from > 0 && (is_alphanumeric(text[from - 1]) || is_of(".-_", text[from - 1]))) return false;
  std::string digits;
  char between = '\0';
  auto end = from;
  for (; end < text.size() && digits.size() <= 19; ++end) {
    if (is_digit(text[end])) {
      digits += text[end];
      continue;
    }
    const bool may_be_between = is_of(" -", text[end]) && is_digit(at(text, end + 1)) && digits.size() >= 4;
    if (!may_be_between || (between != '\0' && text[end] != between)) break;
    between = text[end];
  }
  if (digits.size() < 13 || digits.size() > 19 || is_alphanumeric(at(text, end)) || is_of("._", at(text, end)))
    return false;
  const bool is_one_digit = digits.find_first_not_of(digits.front()) == std::string::npos;
  return !is_one_digit && is_of_issuer(digits) && has_luhn_sum(digits);
}

// NMEA 0183: a receiver's fix.
bool is_nmea_at(std::string_view text, std::size_t from) {
  const auto sentence = text.substr(from, 7);
  if (sentence.size() < 7 || sentence[0] != '$' || sentence[1] != 'G' || sentence[6] != ',') return false;
  const auto type = sentence.substr(3, 3);
  return type == "GGA" || type == "RMC" || type == "GLL";
}

bool is_geo_uri_at(std::string_view text, std::size_t from) {
  if (!text.substr(from).starts_with("geo:") || (from > 0 && is_alphanumeric(text[from - 1]))) return false;
  const auto latitude =
      text.substr(from + 4, run_length(
                                text, from + 4, [](char c) { return is_digit(c) || is_of("-.", c); }, 24));
  return at(text, from + 4 + latitude.size()) == ',' && is_coordinate(latitude, 90);
}

class Suspicion {
 public:
  explicit Suspicion(std::string_view payload) : text_(payload) {}

  std::vector<DataKind> kinds() {
    for (std::size_t i = 0; i < text_.size(); ++i) look_at(i);
    if (has_latitude_ && has_longitude_) suspect(DataKind::position);
    std::vector<DataKind> kinds;
    for (std::size_t i = 0; i < suspected_.size(); ++i)
      if (suspected_[i]) kinds.push_back(static_cast<DataKind>(i));
    return kinds;
  }

 private:
  void suspect(DataKind kind, bool is_so = true) {
    if (is_so) suspected_[static_cast<std::size_t>(kind)] = true;
  }

  void look_at(std::size_t i) {
    switch (text_[i]) {
      case '@': suspect(DataKind::email, is_email_at(text_, i)); break;
      case ':': suspect(DataKind::password, is_login_of_url_at(text_, i)); [[fallthrough]];
      case '=': look_at_pair(i); break;
      case '+': suspect(DataKind::phone, is_phone_at(text_, i)); break;
      case '$': suspect(DataKind::position, is_nmea_at(text_, i)); break;
      case '-': suspect(DataKind::private_key, is_private_key_at(text_, i)); break;
      case 'g':
        suspect(DataKind::position, is_geo_uri_at(text_, i));
        suspect(DataKind::token, is_prefixed_token_at(text_, i, "ghp_", 36));
        break;
      case 'e': suspect(DataKind::token, text_.substr(i).starts_with("eyJ") && is_jwt_at(text_, i)); break;
      case 'A': suspect(DataKind::token, is_prefixed_token_at(text_, i, "AKIA", 16)); break;
      case 'B':
      case 'b':
        suspect(DataKind::token, is_prefixed_token_at(text_, i, "Bearer ", shortest_token) ||
                                     is_prefixed_token_at(text_, i, "bearer ", shortest_token));
        break;
      default:
        if (!is_digit(text_[i])) break;
        suspect(DataKind::card, is_card_at(text_, i));
        suspect(DataKind::phone, is_french_phone_at(text_, i));
    }
  }

  void look_at_pair(std::size_t sign) {
    const auto pair = pair_around(text_, sign);
    if (!pair) return;
    suspect(DataKind::password, tells_password(*pair));
    suspect(DataKind::token, tells_token(*pair));
    suspect(DataKind::phone, tells_phone(*pair));
    if (is_any_of(pair->key, {"lat", "latitude", "gpslat", "gpslatitude"}) && is_coordinate(pair->value, 90))
      has_latitude_ = true;
    if (is_any_of(pair->key, {"lon", "lng", "long", "longitude", "gpslon", "gpslng", "gpslongitude"}) &&
        is_coordinate(pair->value, 180))
      has_longitude_ = true;
  }

  const std::string_view text_;
  std::array<bool, 7> suspected_{};  // by kind
  bool has_latitude_ = false;
  bool has_longitude_ = false;
};

}  // namespace

std::vector<DataKind> suspected_in(std::string_view payload) { return Suspicion(payload).kinds(); }

}  // namespace mqtts::audit
