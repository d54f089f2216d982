#include "harness/brokers/mosquitto_versions.h"

#include <charconv>
#include <tuple>

namespace mqtts::brokers {
namespace {

struct DialectRow {
  int major;
  int minor;
  Dialect dialect;
};

// From Mosquitto's sources (tags v1.6 to v2.1.2), tested with 1.6.9, 2.0.11 and 2.1.2. The rows below have what
// decides something here; readers of plans and profiles also need this:
//
//                                  1.6                      2.0                      2.1
//   password file: reads           $6$                      $6$ $7$                  $6$ $7$ $argon2id$ (if built in)
//   mosquitto_passwd writes        $6$, salt of 12 bytes    $7$, 101 rounds, 12      $7$, 1000 rounds, 64 (2.1.2;
//                                                                                    argon2id with -H)
//   allow_anonymous unless told    true, but false where a  false where there is     as 2.0
//                                  password file etc. is    a listener
//   without a `listener` line      1883 on all addresses    1883 on loopback         as 2.0
//   root's keys and password file  readable: they are read  not readable: privileges as 2.0
//                                  before privileges drop   drop first
//   pid file                       with -d only, by root    always, by `user`        as 2.0
//   log: "version … running"       since 1.6.11             yes                      yes
//   log: lines are written         at once since 1.6.11     at once                  at once
//                                  before that, the first
//   log: "Config loaded from …",   yes                      yes                      yes
//        "Opening ipv4 listen socket on port …"
//   tls_version                    tlsv1.1, 1.2, 1.3 are floors in all three; 2.1 no longer documents tlsv1.1
//   deprecated, works until 3.0    -                        -                        password_file, acl_file,
//                                                                                    per_listener_settings
// In all of them `-h` begins with "mosquitto version N.N.N" (ignore its exit status), and `user root` keeps root and
// has no effect on a broker that another user starts.
constexpr DialectRow rows[] = {
    {1, 6, {"1.6", PasswordHash::sha512}},
    {2, 0, {"2.0", PasswordHash::pbkdf2_sha512}},
    {2, 1, {"2.1", PasswordHash::pbkdf2_sha512}},
};

std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

}  // namespace

std::optional<BrokerVersion> broker_version_from(std::string_view words) {
  constexpr std::string_view before = "mosquitto version ";
  const auto at = words.find(before);
  if (at == std::string_view::npos) return std::nullopt;
  words.remove_prefix(at + before.size());
  words = words.substr(0, words.find_first_of(" \t\r\n"));
  BrokerVersion version{.text = std::string(words)};
  auto major = take_number(words);
  if (!major || !words.starts_with('.')) return std::nullopt;
  words.remove_prefix(1);
  auto minor = take_number(words);
  if (!minor) return std::nullopt;
  version.major = *major;
  version.minor = *minor;
  if (!words.starts_with('.')) return words.empty() ? std::optional(version) : std::nullopt;
  words.remove_prefix(1);
  auto patch = take_number(words);
  if (!patch) return std::nullopt;
  version.patch = *patch;
  // "rc3", "-test1": only printable characters.
  constexpr std::size_t longest_text = 32;
  for (const char letter : words)
    if (letter <= ' ' || letter > '~') return std::nullopt;
  return version.text.size() <= longest_text ? std::optional(version) : std::nullopt;
}

DialectChoice dialect_of(const std::optional<BrokerVersion>& version) {
  constexpr auto& newest = rows[std::size(rows) - 1].dialect;
  if (!version)
    return {newest, msg("the broker's version could not be learnt; it is taken for a Mosquitto {dialect}",
                        {{"dialect", std::string(newest.name)}})};
  const DialectRow* row = nullptr;
  for (const auto& each : rows)
    if (std::tie(each.major, each.minor) <= std::tie(version->major, version->minor)) row = &each;
  if (row != nullptr && row->major == version->major && row->minor == version->minor) return {row->dialect, {}};
  const auto& did_you_mean = row == nullptr ? rows[0].dialect : row->dialect;
  return {did_you_mean, msg("Mosquitto {version} is not a version that we know; it is taken for a Mosquitto {dialect}",
                            {{"version", version->text}, {"dialect", std::string(did_you_mean.name)}})};
}

}  // namespace mqtts::brokers
