// Whether the lab's parts fit together: the server's certificate and its CA, name and key, the clients' certificates,
// the accounts, and who may read the private keys.
#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <openssl/x509_vfy.h>

#include "harness/brokers/drivers.h"
#include "harness/doctor/findings.h"
#include "harness/doctor/fit.h"
#include "harness/pki/dates.h"
#include "harness/util/shell_quote.h"
#include "harness/wire/certificates.h"

namespace mqtts::doctor {
namespace {

using brokers::FileRole;
using remote::NamedFile;
using Args = std::map<std::string, std::string>;

constexpr int readable_by_all = 04;

std::string subject_of(const std::string& pem) {
  const auto all = pki::dates_in(pem);
  return all.empty() ? std::string() : all.front().subject;
}

// What its dates make of it is told with these.
bool is_of_dates(int error) { return error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID; }

bool may_be_read_by_all(const std::string& mode) {
  return !mode.empty() && mode.back() >= '0' && mode.back() <= '7' && ((mode.back() - '0') & readable_by_all) != 0;
}

class Lab {
 public:
  Lab(const Target& target, const Facts& seen)
      : target_(target), seen_(seen), facts_(*seen.facts), driver_(brokers::driver_of(target.broker)) {
    const auto ca = given(target.materials.ca);
    if (ca && !ca->pem.empty()) ca_ = *ca;
    const auto trusted = files(FileRole::authorities);
    if (!ca_ && !trusted.empty()) ca_ = trusted.front();
  }

  Findings all() {
    for (const auto role : {FileRole::own_certificate, FileRole::private_key})
      for (const auto& file : files(role)) wrong_file(file);
    for (const auto& file : files(FileRole::own_certificate)) {
      if (file.pem.empty()) continue;
      signature(file);
      name(file);
      key_of(file);
    }
    for (const auto& [name, identity] : target_.materials.identities) client(name, identity);
    accounts();
    for (const auto& file : files(FileRole::private_key)) mode_of_key(file, facts_.reader);
    for (const auto& path : given_keys())
      if (const auto file = given(path)) mode_of_key(*file, file->owner);
    return std::move(findings_);
  }

 private:
  void add(const char* id, State state, Message sentence, Message fix = {}) {
    findings_.push_back({id, state, std::move(sentence), std::move(fix)});
  }

  std::vector<NamedFile> files(FileRole role) const {
    std::vector<NamedFile> found;
    std::ranges::copy_if(facts_.files, std::back_inserter(found),
                         [&](const NamedFile& file) { return driver_.role_of(file.kind) == role && !file.missing; });
    return found;
  }

  // `path` as the target gives it; none if there is no such file.
  std::optional<NamedFile> given(const std::string& path) const {
    const bool is_there = path.starts_with(on_host);
    const auto& all = is_there ? facts_.given : seen_.local;
    const auto found = std::ranges::find(all, is_there ? path.substr(on_host.size()) : path, &NamedFile::path);
    if (path.empty() || found == all.end() || found->missing) return std::nullopt;
    return *found;
  }

  std::vector<std::string> given_keys() const {
    std::vector<std::string> paths{target_.materials.ca_key};
    for (const auto& [name, identity] : target_.materials.identities) paths.push_back(identity.key_file);
    const auto is_the_brokers = [&](const std::string& path) {
      const auto keys = files(FileRole::private_key);
      return std::ranges::any_of(keys, [&](const auto& key) { return std::string(on_host) + key.path == path; });
    };
    std::erase_if(paths, is_the_brokers);
    std::ranges::sort(paths);
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths;
  }

  // What a file of the lab is for besides the broker's own certificate and key; empty: nothing. Nothing is written
  // there. An identity that has a user's name is that client's own; the broker's is under another one.
  std::string other_use_of(const std::string& path) const {
    const auto is = [&path](const std::string& other) { return other == std::string(on_host) + path; };
    const auto& given = target_.materials;
    if (is(given.ca) || is(given.ca_key)) return "CA";
    for (const auto& file : files(FileRole::authorities))
      if (file.path == path) return "CA";
    for (const auto& [name, identity] : given.identities)
      if (given.accounts.contains(name) && (is(identity.certificate_file) || is(identity.key_file))) return name;
    return {};
  }

  // Makes the server's certificate anew, for its key, signed by the CA whose key is there; the old one stays until
  // then.
  Message sign_again(const NamedFile& file) const {
    const auto keys = files(FileRole::private_key);
    const auto ca_key = given(target_.materials.ca_key);
    const bool is_there = target_.materials.ca.starts_with(on_host) && target_.materials.ca_key.starts_with(on_host);
    if (keys.size() != 1 || !is_there || !ca_ || !ca_key || is_key_of(ca_key->public_key, ca_->pem) != true)
      return msg("make a certificate for {host} with that CA's key, and restart the broker", {{"host", host()}});
    if (!other_use_of(file.path).empty() || !other_use_of(keys.front().path).empty())
      return msg("name the broker's own certificate and key there");
    const auto fresh = file.path + ".new";
    const auto sign = fmt::format(
        "openssl req -new -key {} -subj {} | "
        "openssl x509 -req -CA {} -CAkey {} -CAcreateserial -days 360 -out {} && mv {} {}",
        shell_word(keys.front().path), shell_word("/O=broker/CN=" + host()), shell_word(ca_->path),
        shell_word(ca_key->path), shell_word(fresh), shell_word(fresh), shell_word(file.path));
    return then_restart("sh -c " + shell_word(sign));
  }

  Message then_restart(const std::string& line) const {
    return msg("on the broker's host: {command}",
               {{"command", sudo(target_) + line + " && { " + restart_command(target_.broker) + "; }"}});
  }

  const std::string& host() const { return target_.mqtt.host; }

  void wrong_file(const NamedFile& file) {
    if (const auto use = other_use_of(file.path); !use.empty())
      add("wrong-file", State::broken,
          msg("{path} is for another use in this lab ({use}): the configuration names the wrong file",
              {{"path", file.path}, {"use", use}}),
          msg("name the broker's own certificate and key there"));
  }

  void signature(const NamedFile& file) {
    const auto error = ca_ ? verify(file.pem, ca_->pem, Use::server, seen_.now) : std::nullopt;
    if (!error || is_of_dates(*error)) return;
    Args args = {{"path", file.path}, {"ca", ca_->path}};
    if (*error == X509_V_OK) return add("chain", State::fine, msg("{path} is signed by the CA in {ca}", args));
    args["reason"] = wire::verify_error_name(*error);
    // The broker's own list of authorities is for its clients; who signs its certificate is usually, not surely, there.
    const auto state = given(target_.materials.ca) ? State::broken : State::warning;
    if (have_same_subject(file.pem, ca_->pem))
      return add("chain", state,
                 msg("{path} has the same subject as the CA in {ca}: clients take it for one that signed itself", args),
                 sign_again(file));
    add("chain", state, msg("{path} is not signed by the CA in {ca}: {reason}", args), sign_again(file));
  }

  void name(const NamedFile& file) {
    const Args args = {{"path", file.path}, {"host", host()}, {"subject", subject_of(file.pem)}};
    if (names(file.pem, host()))
      return add("certificate-name", State::fine, msg("{path} is for {host}, to which clients connect", args));
    add("certificate-name", State::broken,
        msg("{path} is for {subject}, and clients connect to {host}: those that compare the name refuse it", args),
        sign_again(file));
  }

  void key_of(const NamedFile& file) {
    std::string paths;
    for (const auto& key : files(FileRole::private_key)) {
      const auto fits = is_key_of(key.public_key, file.pem);
      const Args args = {{"path", file.path}, {"key", key.path}};
      if (!fits) return;  // it cannot be read from here, or is no key: told of the file itself
      if (*fits) return add("key-fits", State::fine, msg("{key} is the key of {path}", args));
      paths += (paths.empty() ? "" : ", ") + key.path;
    }
    if (paths.empty()) return;
    add("key-fits", State::broken,
        msg("{path} was made for another key than {key}: the broker does not start",
            {{"path", file.path}, {"key", paths}}),
        sign_again(file));
  }

  void client(const std::string& name, const GivenIdentity& identity) {
    const auto certificate = given(identity.certificate_file);
    if (!certificate || certificate->pem.empty()) return;
    Args args = {{"name", name}, {"path", certificate->path}};
    const auto key = given(identity.key_file);
    if (key && is_key_of(key->public_key, certificate->pem) == false) {
      args["key"] = key->path;
      return add("client-certificate", State::broken,
                 msg("{path}, the certificate of {name}, was made for another key than {key}", args),
                 msg("name the two files that were made together"));
    }
    const auto trusted = files(FileRole::authorities);
    if (trusted.empty()) return;
    std::string authorities;
    for (const auto& each : trusted) authorities += each.pem;
    const auto error = verify(certificate->pem, authorities, Use::client, seen_.now);
    if (!error) return;
    args["ca"] = trusted.front().path;
    if (*error == X509_V_OK)
      return add("client-certificate", State::fine,
                 msg("{path}, the certificate of {name}, is signed by the CA in {ca}, which the broker trusts", args));
    args["reason"] = wire::verify_error_name(*error);
    add("client-certificate", State::broken,
        msg("the broker does not trust {path}, the certificate of {name}: {reason}", args),
        msg("sign it with the key of the CA in {ca}", args));
  }

  void accounts() {
    const auto all = files(FileRole::accounts);
    const auto is_known = [](const NamedFile& file) { return file.accounts.has_value(); };
    if (all.empty() || !std::ranges::all_of(all, is_known)) return;
    for (const auto& [name, account] : target_.materials.accounts) {
      const Args args = {{"name", name}, {"path", all.front().path}};
      const auto holds = [&wanted = name](const NamedFile& file) {
        return std::ranges::find(*file.accounts, wanted) != file.accounts->end();
      };
      if (std::ranges::any_of(all, holds)) {
        add("accounts", State::fine, msg("{name} is in {path}", args));
        continue;
      }
      if (is_of_the_system(all.front().path)) {
        add("accounts", State::broken, msg("{name} is not in {path}: the broker refuses this user", args),
            msg("that is a file of the system: name the broker's own file with accounts"));
        continue;
      }
      std::string line;
      for (const auto& word : driver_.command_to_add_account(all.front().path, name))
        line += (line.empty() ? "" : " ") + shell_word(word);
      add("accounts", State::broken, msg("{name} is not in {path}: the broker refuses this user", args),
          then_restart(line));
    }
  }

  // `reader`: who must be able to read it still.
  void mode_of_key(const NamedFile& file, const std::string& reader) {
    if (!may_be_read_by_all(file.mode)) return;
    const Args args = {{"path", file.path}, {"mode", file.mode}};
    const bool is_here = std::ranges::find(seen_.local, file.path, &NamedFile::path) != seen_.local.end();
    const auto path = shell_word(file.path);
    const auto sentence = msg("everybody may read the private key {path}, whose mode is {mode}", args);
    if (is_here) return add("key-mode", State::warning, sentence, command("chmod 600 " + path));
    auto line = "chmod 600 " + path;
    if (!reader.empty() && reader != file.owner)
      line = fmt::format("sh -c {}", shell_word(fmt::format("chown {} {} && {}", shell_word(reader), path, line)));
    add("key-mode", State::warning, sentence, command_on_host(target_, line));
  }

  const Target& target_;
  const Facts& seen_;
  const remote::HostFacts& facts_;
  const brokers::BrokerDriver& driver_;
  std::optional<NamedFile> ca_;  // that clients trust: the target's, or else the broker's own
  Findings findings_;
};

}  // namespace

Findings lab_findings(const Target& target, const Facts& seen) {
  if (!seen.facts) return {};
  return Lab(target, seen).all();
}

}  // namespace mqtts::doctor
