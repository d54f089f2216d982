#include "harness/brokers/mosquitto.h"

#include <sstream>
#include <string>

#include "harness/brokers/mosquitto_dynamic_security.h"
#include "harness/brokers/mosquitto_lint.h"
#include "harness/brokers/mosquitto_password_file.h"
#include "harness/brokers/mosquitto_versions.h"
#include "harness/util/parse_number.h"

namespace mqtts::texts {
extern const std::string_view mosquitto_flaws_json;
extern const std::string_view mosquitto_sh;
}  // namespace mqtts::texts

namespace mqtts::brokers {
namespace {

class MosquittoFiles : public BrokerFiles {
 public:
  explicit MosquittoFiles(PasswordHash hash) : hash_(hash) {}

  // "listener PORT [address]"; port 0 is a Unix socket.
  BrokerConfiguration configuration(const std::vector<std::string>& lines) const override {
    BrokerConfiguration all;
    for (const auto& line : lines) {
      all.text += line + "\n";
      std::istringstream words(line);
      std::string directive;
      std::string number;
      words >> directive >> number;
      const auto port = leading_number<std::uint16_t>(number);
      if (directive == "listener" && port != 0) all.ports.push_back(port);
    }
    return all;
  }

  Result<std::string> account_file(const std::vector<Credentials>& accounts) const override {
    return password_file(accounts, hash_);
  }

  Result<std::string> access_file(const std::vector<Credentials>& accounts,
                                  const std::vector<AccountRules>& rules) const override {
    return dynamic_security_file(accounts, rules);
  }

 private:
  PasswordHash hash_;
};

class Mosquitto : public BrokerDriver {
 public:
  std::string_view name() const override { return "mosquitto"; }

  std::optional<BrokerVersion> version_in(std::string_view words) const override { return broker_version_from(words); }

  std::optional<BrokerVersion> version_of(std::string_view number) const override {
    return broker_version_from("mosquitto version " + std::string(number));
  }

  BrokerFilesChoice files_for(const std::optional<BrokerVersion>& version) const override {
    const auto [dialect, doubt] = dialect_of(version);
    return {std::make_unique<MosquittoFiles>(dialect.password_hash), doubt};
  }

  std::string_view script() const override { return texts::mosquitto_sh; }

  FileRole role_of(std::string_view directive) const override {
    if (directive == "certfile") return FileRole::own_certificate;
    if (directive == "cafile") return FileRole::authorities;
    if (directive == "password_file") return FileRole::accounts;
    if (directive == "crlfile") return FileRole::revocation_list;
    return directive == "keyfile" ? FileRole::private_key : FileRole::other;
  }

  std::optional<std::uint16_t> port_of(std::string_view directive, std::string_view value) const override {
    if (directive != "listener" && directive != "port") return std::nullopt;
    return leading_number<std::uint16_t>(value);
  }

  std::uint16_t default_port() const override { return 1883; }

  bool includes_files(std::string_view line) const override { return line.starts_with("include_dir "); }

  const ConfigurationWords& words() const override { return mosquitto_words(); }
  ConfigurationReview review(const WrittenConfiguration& written) const override { return review_mosquitto(written); }
  std::string_view flaws() const override { return texts::mosquitto_flaws_json; }

  Message hint_to_open(std::uint16_t port) const override {
    return msg("write `listener {there}` in the broker's configuration; a run does so by itself",
               {{"there", std::to_string(port)}});
  }

  std::vector<std::string> command_to_add_account(const std::string& file, const std::string& name) const override {
    return {"mosquitto_passwd", file, name};
  }

  Message hint_to_include_nothing() const override {
    return msg("take `include_dir` out of broker.base in the target file");
  }
};

}  // namespace

const BrokerDriver& mosquitto() {
  static const Mosquitto driver;
  return driver;
}

}  // namespace mqtts::brokers
