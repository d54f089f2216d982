// A test plan, as its JSON file states it and as the loader has checked it. `${...}` variables are
// still in the strings until plan::expand puts the target's values in.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/model/grading.h"
#include "harness/model/material_sources.h"
#include "harness/model/observation.h"
#include "harness/model/probe.h"
#include "harness/model/reasons.h"
#include "harness/model/severity.h"
#include "harness/util/message.h"

namespace mqtts {

// ---- what is minted ---------------------------------------------------------------------------

enum class KeyType {
  rsa_2048,
  rsa_1024,  // weak
  rsa_4096,
  ec_p256,
  ec_p384,
  ed25519
};

// Of a signature; Ed25519 has its own, whatever this says.
enum class SignatureDigest {
  sha256,
  sha384,
  sha512,
  sha1,  // weak
  md5    // weak
};

// PEM files of this machine, absolute, in place of what is minted.
struct ExistingFiles {
  std::string certificate;
  std::string key;  // of an authority: may be empty, and then it signs nothing
};

struct AuthoritySpec {
  std::string subject;  // "/C=FR/L=PARIS/CN=Lab CA", as openssl's -subj
  int days = 365;
  KeyType key = KeyType::rsa_2048;
  int begins_in_days = 0;   // see CertificateSpec
  std::string issuer = {};  // the authority that signs this one; empty: it signs itself
  std::string like = {};    // the authority whose subject it has, with another key; empty: none
  SignatureDigest digest = SignatureDigest::sha256;
  ExistingFiles files = {};
};

// An X.509 v1 certificate without extensions, as `openssl x509 -req` makes it: the lab's own recipe. What it says of
// extensions makes it X.509 v3.
struct CertificateSpec {
  std::string issuer;  // name of an authority; empty: it signs itself, as `openssl req -x509` makes it
  std::string subject;
  int days = 365;  // how long it is valid
  KeyType key = KeyType::rsa_2048;
  std::string
      key_of;  // uses the key pair of this other certificate, so that only issuer or subject differ; may be empty
  int begins_in_days = 0;                        // from now; negative: in the past
  std::vector<std::string> names = {};           // subjectAltName: "DNS:broker.example", "IP:192.0.2.1", or either bare
  std::vector<std::string> extended_usage = {};  // extendedKeyUsage, by OpenSSL's names: "clientAuth"
  std::vector<std::string> usage = {};           // keyUsage, likewise: "digitalSignature"
  std::optional<bool> is_ca = {};                // basicConstraints; none: it has none
  SignatureDigest digest = SignatureDigest::sha256;
  bool is_revoked = false;  // is in every revocation list of its issuer
  ExistingFiles files = {};
};

struct MaterialsSpec {
  std::map<std::string, AuthoritySpec> authorities;
  std::map<std::string, CertificateSpec> certificates;
  std::map<std::string, std::string> accounts;  // user name -> password, mostly "${random}"
  std::set<std::string> random_accounts{};      // those whose password the plan leaves to us: "${random}"
};

// ---- how a stage is set up --------------------------------------------------------------------

// What an account may do with the topics that a filter matches.
struct AccessRule {
  std::string filter;
  bool read = false;
  bool write = false;  // neither: denied, whatever another rule says

  bool is_denial() const { return !read && !write; }
  bool operator==(const AccessRule&) const = default;
};

struct AccountRules {
  std::string account;
  std::vector<AccessRule> rules;
  bool operator==(const AccountRules&) const = default;
};

enum class FileContent {
  authority_certificate,
  certificate,
  private_key,
  password_file,
  revocation_list,
  access_rules,
  text
};

struct FileSpec {
  std::string path;  // absolute on the host, after expansion
  FileContent content{};
  std::string material;               // the authority or certificate meant; unused for the others
  int list_days = 30;                 // revocation_list: until the next one is due; negative: since it was due
  std::vector<std::string> accounts;  // password_file: whose lines it holds
  std::vector<AccountRules> rules = {};  // access_rules: the accounts, with their passwords, and what they may do
  std::string text;                   // text: the content
  int mode = 0644;
  std::string owner;  // user name on the host, "${broker.user}"; empty: the login user
};

// ---- what is asked ----------------------------------------------------------------------------

struct ListenerSpec {
  std::string port;  // "${broker.tls_port}" until expanded; "0": the target does not say it
  bool tls = false;
  bool websocket = false;                         // MQTT over WebSocket
  std::string path = "${broker.websocket_path}";  // of WebSocket
};

// How a client gives a password that is none, or not quite the right one.
enum class PasswordForm {
  none,           // a user name alone
  empty,          // a password of no bytes
  right_then_nul  // the right one, a zero byte and more
};

struct ClientSpec {
  std::string listener;                    // name of a listener
  std::optional<std::string> trust;        // TLS: the authority that must have signed the server; none: not verified
  std::optional<std::string> certificate;  // the client certificate that is presented
  std::optional<std::string> account;      // user name and password
  std::optional<std::string> user_name;    // instead of the account's
  std::optional<std::string> password;     // instead of the account's
  std::optional<PasswordForm> password_form = {};
  MqttVersion mqtt = MqttVersion::v3_1_1;
  // The plan says "${random}" for it: any that is not right will do.
  bool any_user_name = false;
  bool any_password = false;
  // No plan says these; see engine/set_aside.h.
  bool any_server_name = false;     // the server's certificate need not be for the broker's name
  bool issued_certificate = false;  // presents one that the CA's key has issued for this run, of the same subject
  bool operator==(const ClientSpec&) const = default;
};

// How to mend the broker after a certain observation.
struct Hint {
  Expected when;
  LocalText text;
  std::string see;  // the check whose mending mends this one, too; empty: none
};

struct CheckSpec {
  std::string id;
  LocalText title;
  LocalText hint;           // how to mend the broker when the check fails
  std::vector<Hint> hints;  // instead: the first one whose observation was made
  double points = 0;
  std::vector<std::string> tags;
  ClientSpec client;     // a negative check: its control's client with `changed` applied
  ProbeSpec probe = {};  // a negative check: its control's with `changed` applied
  // A negative check: it does what its probe's kind does, and not only connects; its change or its expectation is about
  // that.
  bool acts = false;
  // A negative check: how far its control must have got, before and after, for the check to be judged; see
  // needed_of_control().
  Layer control_reaches = Layer::mqtt;
  std::string control;                 // a negative check: the check that differs in one factor and must be accepted
  std::string changed;                 // a negative check: what differs: a client's field, a parameter, or "ROLE.FIELD"
  std::vector<std::string> proven_by;  // a positive check: acceptance counts only if these were not accepted too
  std::vector<Expected> expected;      // any of these
  bool bonus = false;                  // its points come on top of the plan's
  std::vector<std::string> needs;      // checks of any stage that must pass, or this one earns nothing
  std::optional<Visibility> visibility;      // none: the plan's
  std::optional<FailureDetail> detail;       // none: the plan's
  std::optional<Severity> severity = {};     // of a check whose texts are the catalogue's
  std::vector<std::string> references = {};  // the same: names
  // No plan says this: what must be given for the check to be made; empty: nothing is missing. See audit/audit_plan.h.
  Message missing = {};

  bool is_negative() const { return !control.empty(); }
  // Of a kind that brokers count, and answer with a ban.
  bool is_wrong_login() const {
    return changed == "account" || changed == "password" || changed == "password_form" || changed == "user_name";
  }
  bool presents_another_certificate() const { return changed == "certificate" && client.certificate; }
};

// How to mend the broker, by what was seen.
struct ChosenHint {
  LocalText text;
  std::string see;
};
ChosenHint hint_of(const CheckSpec& check, const std::optional<Observation>& seen);

// How far the control of a negative check must get, if its plan does not say: as far as the layer that should stop the
// check's own client, and to an answer in MQTT at least.
Layer needed_of_control(const CheckSpec& check);

struct StageSpec {
  std::string id;
  std::string after;  // the stage that this one builds on; empty for the first
  LocalText title;
  std::vector<FileSpec> files;             // put before the broker is restarted
  std::vector<std::string> without;        // lines of earlier stages that are taken away
  std::vector<std::string> configuration;  // lines that are added, as a student types them
  Credit credit = Credit::partial;
  std::vector<CheckSpec> checks;
};

struct Plan {
  std::string name;
  LocalText title;
  std::string path;    // the file it was read from
  std::string sha256;  // of the bytes of the file and of those that it includes, lower-case hex
  MaterialsSpec materials;
  MaterialSources given;  // where the lab puts its own material on the broker's host; what a target says goes first
  GradingSpec grading;
  std::map<std::string, ListenerSpec> listeners;
  std::map<std::string, std::string> variables;  // defaults, overridden by --var
  std::vector<StageSpec> stages;                 // in order: each stands after the one that it builds on
};

}  // namespace mqtts
