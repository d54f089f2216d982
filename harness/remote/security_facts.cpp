#include "harness/remote/security_facts.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <openssl/pem.h>

#include "harness/brokers/drivers.h"
#include "harness/util/digest.h"
#include "harness/util/openssl.h"
#include "harness/util/parse_number.h"

namespace mqtts::remote {
namespace {

using Texts = std::vector<std::string>;

constexpr int owasp_pbkdf2_rounds = 210'000;  // what the cheat sheet asked for until 2025; now 220,000
constexpr std::size_t most_names = 5;

// Memory in KiB and passes: each as good as the others.
constexpr std::array<std::pair<int, int>, 5> owasp_argon2id = {
    {{47104, 1}, {19456, 2}, {12288, 3}, {9216, 4}, {7168, 5}}};

// Where an unwanted listener is often found: MQTT, MQTT over WebSocket, and what comes with other brokers.
constexpr std::array<std::uint16_t, 9> usual_ports = {1883, 8080, 9001, 4369, 5672, 15672, 18083, 25672, 61616};

int number_after(std::string_view text, std::string_view name) {
  const auto at = text.find(name);
  return at == std::string_view::npos ? 0 : leading_number<int>(text.substr(at + name.size()));
}

std::string digest_of_public_key(const EVP_PKEY& key) {
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(&key, &bytes);
  if (size <= 0) return {};
  const std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return sha256_hex(text);
}

std::string digest_of_public_pem(const std::string& pem) {
  const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const KeyPtr key(PEM_read_bio_PUBKEY(memory.get(), nullptr, nullptr, nullptr));
  openssl_errors();
  return key ? digest_of_public_key(*key) : std::string();
}

struct SeenCertificate {
  std::string path;
  std::string key;  // digest
  bool is_authority = false;
};

std::vector<SeenCertificate> certificates_in(const ToldFile& file) {
  std::vector<SeenCertificate> all;
  const BioPtr memory(BIO_new_mem_buf(file.pem.data(), static_cast<int>(file.pem.size())));
  while (const CertificatePtr certificate{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)})
    if (const auto* key = X509_get0_pubkey(certificate.get()); key != nullptr)
      all.push_back({file.path, digest_of_public_key(*key), X509_check_ca(certificate.get()) > 0});
  openssl_errors();
  return all;
}

class FactMaker {
 public:
  FactMaker(const SecurityAnswer& answer, const BrokerProfile& profile)
      : answer_(answer), profile_(profile), driver_(brokers::driver_of(profile)) {}

  HostLook run() {
    about_ = "host.lint";
    review();
    about_ = "host.broker";
    process();
    about_ = "host.keys";
    secrets("key", "host.keys_exposed", "host.keys_checked");
    about_ = "host.password_files";
    secrets("accounts", "host.password_files_exposed", "host.password_files_checked");
    about_ = "host.dynsec_files";
    secrets("dynamic", "host.dynsec_files_exposed", "host.dynsec_files_checked");
    about_ = "host.weak_password_hashes";
    hashes();
    about_ = "host.ca_keys";
    authority_keys();
    about_ = "host.known_flaws";
    version();
    about_ = "host.open_ports";
    ports();
    about_ = "host.firewall";
    firewall();
    about_ = "host.log";
    log();
    return std::move(look_);
  }

 private:
  void say(Message message) {
    look_.evidence.push_back(note(std::move(message)));
    look_.evidence.back().about = about_;
  }

  // Sets what is wrong; or, if nothing is and all was looked at, that nothing is.
  void set(const char* fact, Texts wrong, bool is_whole) {
    std::ranges::sort(wrong);
    wrong.erase(std::unique(wrong.begin(), wrong.end()), wrong.end());
    if (!wrong.empty() || is_whole) look_.facts[fact] = std::move(wrong);
  }

  std::string name_of(unsigned long user) const {
    const auto found = std::ranges::find(answer_.people.all, user, &Person::user);
    return found == answer_.people.all.end() ? std::to_string(user) : found->name;
  }

  // ---- the configuration -------------------------------------------------------------------------------------------

  void review() {
    brokers::WrittenConfiguration written{.files = {}, .acl_rules = answer_.rules, .version = {}};
    written.version = driver_.version_of(answer_.installed.version);
    knows_configuration_ = !answer_.texts.empty();
    for (const auto& text : answer_.texts) {
      written.files.push_back(text.text);
      if (text.told == Told::readable && text.text.lines.size() < 2000) continue;
      knows_configuration_ = false;
      say(msg("{path} of the broker's configuration could not be read", {{"path", text.text.path}}));
    }
    review_ = driver_.review(written);
    knows_configuration_ = knows_configuration_ && review_.is_complete;
    // Both times are to the second.
    constexpr int rounding = 1;
    const bool is_newer = answer_.process && answer_.changed > answer_.process->started + rounding;
    is_in_force_ = knows_configuration_ && answer_.process && answer_.process->reads_configuration && !is_newer;
    if (is_newer) say(msg("the broker's configuration has changed since the broker started: restart it"));
    if (answer_.process && !answer_.process->reads_configuration)
      say(msg("the running broker was started with another configuration than {path}",
              {{"path", profile_.configuration_path}}));
    if (!answer_.process) say(msg("the broker does not run, or may not be seen by this user"));
    Texts grave, others;
    for (const auto& finding : review_.findings) {
      auto line = fmt::format("{}:{}: {}", finding.file, finding.line, to_english(finding.what));
      (finding.weight >= brokers::Weight::medium ? grave : others).push_back(std::move(line));
      say(msg("{place}: {rule} ({severity})", {{"place", fmt::format("{}:{}", finding.file, finding.line)},
                                               {"rule", std::string(finding.rule)},
                                               {"severity", std::string(to_string(finding.weight))}}));
      say(finding.what);
      if (!finding.fix.empty()) say(msg("write: {line}", {{"line", finding.fix}}));
    }
    set("host.lint", std::move(grave), is_in_force_ && written.version);
    set("host.lint_notes", std::move(others), is_in_force_ && written.version);
  }

  void process() {
    if (answer_.process) {
      look_.facts["host.broker_user"] = answer_.process->user_name;
      look_.facts["host.broker_is_root"] = answer_.process->user == 0;
      say(msg("the broker's process {process} runs as {user}",
              {{"process", std::to_string(answer_.process->id)}, {"user", answer_.process->user_name}}));
    }
    if (!answer_.sandbox) return;
    Texts set_ones;
    for (const auto& setting : *answer_.sandbox) {
      const auto value = setting.substr(std::min(setting.find('=') + 1, setting.size()));
      if (!value.empty() && value != "no") set_ones.push_back(setting.substr(0, setting.find('=')));
    }
    set("host.sandbox", std::move(set_ones), true);
  }

  // ---- files -------------------------------------------------------------------------------------------------------

  std::string exposed(const SecretFile& file, const Exposure& exposure) const {
    std::string who = "every user";
    if (!exposure.to_everybody) {
      const auto shown = std::min(exposure.to.size(), most_names);
      who = fmt::format("{}", fmt::join(exposure.to.begin(), exposure.to.begin() + static_cast<long>(shown), ", "));
      if (shown < exposure.to.size()) who += fmt::format(" and {} others", exposure.to.size() - shown);
    }
    const auto& node = file.access->file;
    return fmt::format("{} ({:04o}, {}): {} may {} it", file.path, node.mode, name_of(node.owner), who,
                       exposure.to_writers ? "change" : "read");
  }

  bool is_of(const SecretFile& file, std::string_view kind) const {
    return file.kind == kind || (kind == "accounts" && file.kind == "shared");
  }

  void secrets(std::string_view kind, const char* exposed_ones, const char* checked_ones) {
    Texts wrong;
    double checked = 0;
    bool is_whole = is_in_force_;
    const Trusted trusted = answer_.process ? Trusted{answer_.process->user, answer_.process->group} : Trusted{};
    for (const auto& file : answer_.secrets) {
      if (!is_of(file, kind) || file.told == Told::missing) continue;
      const bool was_seen = file.access && file.told == Told::readable;
      const auto exposure = was_seen ? exposure_of(*file.access, answer_.people, trusted) : Exposure{.is_sure = false};
      if (!exposure.is_none()) wrong.push_back(exposed(file, exposure));
      // An access control list may also take away what the mode seems to give, but not from everybody.
      if (!exposure.is_sure && exposure.is_none()) {
        is_whole = false;
        say(msg("who may read {path} could not be learnt", {{"path", file.path}}));
      } else {
        ++checked;
        say(msg("{path} was looked at: its mode, its owner, and the folders above it", {{"path", file.path}}));
      }
    }
    // A broker without dynamic security has nothing to protect there; one without a key has something to explain.
    if (checked == 0 && kind != "dynamic") {
      is_whole = false;
      if (knows_configuration_)
        say(kind == "key" ? msg("the broker's configuration names no private key that is there")
                          : msg("the broker's configuration names no file of accounts that is there"));
    }
    for (const auto& line : wrong) say(msg("exposed: {file}", {{"file", line}}));
    set(exposed_ones, std::move(wrong), is_whole);
    if (is_in_force_ || checked > 0) look_.facts[checked_ones] = checked;
  }

  void hashes() {
    Texts weak;
    std::size_t checked = 0;
    bool is_whole = is_in_force_;
    for (const auto& file : answer_.secrets) {
      if (file.kind == "key" || file.kind == "shared" || file.told == Told::missing) continue;
      if (!file.hashes || file.hashes_are_cut) is_whole = false;
      for (const auto& hash : file.hashes.value_or(std::vector<PasswordHash>())) {
        ++checked;
        if (hash.scheme == "other") is_whole = false;
        const auto weakness = weakness_of(hash);
        if (!weakness.empty())
          weak.push_back(fmt::format("{}: {}", hash.account == "?" ? file.path : hash.account, weakness));
      }
    }
    if (!weak.empty())
      say(
          msg("passwords of weak hashes are guessed fast once the file is stolen: Mosquitto 2.0 writes 101 rounds of "
              "PBKDF2 unless "
              "it is told otherwise, and OWASP asks for 220000"));
    set("host.weak_password_hashes", std::move(weak), is_whole && checked > 0);
    if (is_whole || checked > 0) look_.facts["host.password_hashes_checked"] = static_cast<double>(checked);
  }

  void authority_keys() {
    Texts wrong;
    bool is_whole = is_in_force_ && !answer_.places.empty() && answer_.unread.empty();
    for (const auto& place : answer_.places) {
      if (place.told != Told::readable && place.told != Told::missing) is_whole = false;
      say(msg("private keys were searched for in {path}", {{"path", place.path}}));
    }
    std::vector<SeenCertificate> authorities;
    for (const auto& file : answer_.certificates)
      for (auto& each : certificates_in(file))
        if (each.is_authority) authorities.push_back(std::move(each));
    for (const auto& key : answer_.keys) {
      const auto digest = digest_of_public_pem(key.pem);
      if (digest.empty()) {
        is_whole = false;
        say(msg("{path} is a private key that could not be read, perhaps for its passphrase", {{"path", key.path}}));
        continue;
      }
      const auto found = std::ranges::find(authorities, digest, &SeenCertificate::key);
      if (found != authorities.end())
        wrong.push_back(fmt::format("{}: the key of the CA of {}", key.path, found->path));
    }
    set("host.ca_keys", std::move(wrong), is_whole);
  }

  // ---- the program -------------------------------------------------------------------------------------------------

  void version() {
    const auto& installed = answer_.installed;
    if (installed.version.empty()) return;
    look_.facts["host.version"] = installed.version;
    if (installed.packaging == brokers::Packaging::dpkg && !installed.package.empty())
      look_.facts["host.package"] = installed.package;
    const auto review = brokers::review_flaws(driver_.flaws(), installed);
    // What runs is what is installed.
    const bool is_running = answer_.process && answer_.process->sees_program && !answer_.process->is_replaced;
    if (answer_.process && answer_.process->is_replaced)
      say(msg("the broker's program was replaced since the broker started: restart it"));
    Texts grave, others;
    bool is_whole = is_running && review.is_known;
    for (const auto& flaw : review.flaws) {
      const bool is_grave = flaw.weight >= brokers::Weight::medium;
      (is_grave ? grave : others)
          .push_back(
              fmt::format("{}: {}{}", flaw.id, flaw.what.en, flaw.fixed.empty() ? "" : "; fixed in " + flaw.fixed));
      say(msg("known flaw {id} ({severity})", {{"id", flaw.id}, {"severity", std::string(to_string(flaw.weight))}}));
    }
    bool others_are_whole = is_whole;
    for (const auto& flaw : review.uncertain) {
      (flaw.weight >= brokers::Weight::medium ? is_whole : others_are_whole) = false;
      say(msg("{id} affects {version}, maybe patched by its distributor",
              {{"id", flaw.id}, {"version", installed.version}}));
    }
    if (!review.is_known)
      say(msg("the list of known flaws, of {date}, does not know version {version}",
              {{"date", review.read}, {"version", installed.version}}));
    else
      say(msg("known flaws were looked up for version {version}, package {package}, in a list of {date}",
              {{"version", installed.version},
               {"package", installed.package.empty() ? "-" : installed.package},
               {"date", review.read}}));
    set("host.known_flaws", std::move(grave), is_whole);
    set("host.known_flaws_low", std::move(others), others_are_whole);
  }

  // ---- the network -------------------------------------------------------------------------------------------------

  // Ports that are open on purpose: the broker's with TLS, and the one that we came in by.
  bool is_wanted(std::uint16_t port) const {
    return port == answer_.ssh_port || port == leading_number<std::uint16_t>(profile_.tls_listener) ||
           std::ranges::find(review_.tls_ports, port) != review_.tls_ports.end();
  }
  bool is_wanted(const ToldSocket& each) const {
    return is_wanted(each.socket.port) || each.program == "sshd" || each.program == "dropbear";
  }

  void ports() {
    if (!answer_.knows_sockets) return;
    Texts open;
    for (const auto& each : answer_.sockets)
      if (!each.socket.loopback_only && !is_wanted(each))
        open.push_back(fmt::format("{}{}", each.socket.port, each.program == "?" ? "" : " " + each.program));
    for (const auto& port : open)
      say(msg("a port that is open besides the broker's and SSH's: {port}", {{"port", port}}));
    set("host.open_ports", std::move(open), answer_.sockets.size() < 2000);
  }

  void firewall() {
    std::set<std::uint16_t> asked(usual_ports.begin(), usual_ports.end());
    for (const auto& each : answer_.sockets)
      if (!each.socket.loopback_only && !is_wanted(each)) asked.insert(each.socket.port);
    for (const auto& each : answer_.sockets)
      if (each.program == "sshd" || each.program == "dropbear") asked.erase(each.socket.port);
    Texts open;
    bool is_whole = answer_.knows_sockets;
    for (const auto port : asked) {
      if (is_wanted(port)) continue;
      for (const auto family : {Family::ipv4, Family::ipv6}) {
        if (family == Family::ipv6 && !answer_.has_ipv6) continue;
        if (surely_drops(answer_.firewall, port, family)) continue;
        if (surely_lets_in(answer_.firewall, port, family))
          open.push_back(fmt::format("{} ({})", port, family == Family::ipv4 ? "IPv4" : "IPv6"));
        else
          is_whole = false;
      }
    }
    if (answer_.firewall.nft.empty() && answer_.firewall.iptables.empty())
      say(msg(
          "the rules of the host's firewall could not be read: is nft or iptables installed, and may this user ask?"));
    else
      say(msg("the host's firewall was asked about the ports that brokers use and that are open"));
    set("host.firewall_open", std::move(open), is_whole);
  }

  // ---- the log -----------------------------------------------------------------------------------------------------

  void log() {
    if (!review_.logs_logins && is_in_force_ && !answer_.process->is_verbose) {
      look_.facts["host.log_records_logins"] = false;
      say(msg("the broker's settings keep logins and refusals, or their time, out of its log"));
    } else if (review_.logs_logins && is_in_force_ && answer_.logins > 0) {
      look_.facts["host.log_records_logins"] = true;
    }
    if (answer_.refusals > 0 && review_.logs_logins) look_.facts["host.log_records_refusals"] = true;
    say(msg("the broker's log has {logins} lines of a login and {refusals} of a refusal",
            {{"logins", std::to_string(answer_.logins)}, {"refusals", std::to_string(answer_.refusals)}}));
    Texts secrets;
    for (const auto& each : answer_.log_secrets) secrets.push_back(fmt::format("{} in line {}", each.kind, each.line));
    if (answer_.log && *answer_.log == Told::unknown) say(msg("the broker's log could not be read"));
    set("host.log_secrets", std::move(secrets), answer_.log && *answer_.log == Told::readable);
  }

  const SecurityAnswer& answer_;
  const BrokerProfile& profile_;
  const brokers::BrokerDriver& driver_;
  HostLook look_;
  std::string about_;  // what is looked at now: see Evidence::about
  brokers::ConfigurationReview review_;
  bool knows_configuration_ = false;  // all of it was read
  bool is_in_force_ = false;          // and the broker that runs has read it
};

}  // namespace

HostLook security_facts(const SecurityAnswer& answer, const BrokerProfile& profile) {
  return FactMaker(answer, profile).run();
}

std::string weakness_of(const PasswordHash& hash) {
  if (hash.scheme == "plain") return "no hash, the password itself";
  if (hash.scheme == "sha512") return "SHA-512, one round";
  if (hash.scheme == "pbkdf2-sha512") {
    const auto rounds = number_in<int>(hash.parameter).value_or(owasp_pbkdf2_rounds);
    return rounds >= owasp_pbkdf2_rounds ? "" : fmt::format("PBKDF2 with HMAC-SHA-512, {} rounds", rounds);
  }
  if (hash.scheme == "argon2id") {
    const auto memory = number_after(hash.parameter, "m="), passes = number_after(hash.parameter, "t=");
    const bool is_strong = std::ranges::any_of(
        owasp_argon2id, [&](const auto& pair) { return memory >= pair.first && passes >= pair.second; });
    return is_strong ? "" : fmt::format("argon2id with {} KiB and {} passes", memory, passes);
  }
  return {};
}

}  // namespace mqtts::remote
