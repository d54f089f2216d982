// A finished lab with one mistake in it, or two: what each costs, and what is to be done.
#pragma once

#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "harness/pki/mint.h"
#include "harness/pki/pem.h"
#include "tests/checks/configuration.h"
#include "tests/checks/observed_lab.h"
#include "tests/support/lab_material.h"
#include "tests/support/must.h"

namespace mqtts::checks {

using test::LabMaterial;

struct Made {
  LabMaterial& material;
  Configuration& configuration;
  Look& look;
};

// What to do first, as every report tells it.
struct NextStep {
  std::string check;
  std::string words;  // of its text
};

struct Mistake {
  std::string name;
  std::function<void(Made)> make;
  Verdicts cost;  // what does not pass
  double score = 0;
  NextStep step = {};
  bool only_made_here = false;  // a run with material of its own sees another thing
};

constexpr auto fail = Verdict::fail;
constexpr auto error = Verdict::error;

inline void give_accounts(Made it, const std::vector<Credentials>& accounts) {
  it.configuration.password_file = "password_file " + test::write_password_file(it.material.folder(), accounts);
}

inline void serve_with(const Identity& server, Made it) {
  it.configuration.certfile = server.certificate.file;
  it.configuration.keyfile = server.key.file;
}

// Returns that CA's certificate.
inline std::string give_certificate_of_another_ca(Made it, std::optional<Identity>& whose) {
  const auto& folder = it.material.folder();
  const auto ca_key = test::must(pki::make_key(KeyType::ec_p256));
  const auto ca = test::must(pki::make_authority("/CN=Another CA", pki::valid_for(365), *ca_key));
  const auto key = test::must(pki::make_key(KeyType::ec_p256));
  const auto certificate = test::must(pki::make_certificate({.subject = "/CN=userclient"}, *key, {*ca, *ca_key}));
  const auto written = [&](const std::string& name, const std::string& text) {
    return Pem{.text = text, .file = folder.write(name, text)};
  };
  whose = Identity{.certificate = written("another.crt", pki::to_pem(*certificate)),
                   .key = written("another.key", pki::to_pem(*key)),
                   .foreign = msg("another CA has signed it")};
  return pki::to_pem(*ca);
}

inline std::string file_with(Made it, const std::string& name, const std::string& text) {
  const auto path = it.material.folder() / name;
  std::ofstream(path) << text;
  return path;
}

inline void use_password_file(Made it, const std::function<std::string(std::string)>& edited) {
  std::ifstream in(it.configuration.password_file.substr(std::string("password_file ").size()));
  const std::string text(std::istreambuf_iterator<char>(in), {});
  it.configuration.password_file = "password_file " + file_with(it, "edited", edited(text));
}

inline const Credentials client{"userclient", Users::client_password};
inline const Credentials reader{"userbroker", Users::broker_password};

inline const Verdicts no_login_works = {{"valid-password-accepted", fail},  {"anonymous-rejected", error},
                                        {"wrong-password-rejected", error}, {"unknown-user-rejected", error},
                                        {"valid-mtls-accepted", fail},      {"mtls-wrong-password-rejected", error}};

// Nobody is let in by a certificate: what a server certificate proves is all that can be known.
inline const Verdicts no_client_certificate_is_let_in = {{"open-listener-accepts", error},
                                                         {"tls-accepted", fail},
                                                         {"cleartext-listener-closed", error},
                                                         {"valid-password-accepted", fail},
                                                         {"anonymous-rejected", error},
                                                         {"wrong-password-rejected", error},
                                                         {"unknown-user-rejected", error},
                                                         {"valid-mtls-accepted", fail},
                                                         {"missing-client-certificate-rejected", error},
                                                         {"untrusted-ca-rejected", error},
                                                         {"mtls-wrong-password-rejected", error}};

inline const Verdicts no_password_is_looked_at = {{"anonymous-rejected", fail},
                                                  {"mtls-wrong-password-rejected", fail},
                                                  {"unknown-user-rejected", fail},
                                                  {"valid-password-accepted", fail},
                                                  {"wrong-password-rejected", fail}};

// Nobody gets past the server's certificate.
inline const Verdicts server_is_not_trusted = {
    {"anonymous-rejected", error},           {"missing-client-certificate-rejected", error},
    {"mtls-wrong-password-rejected", error}, {"server-certificate-trusted", fail},
    {"unknown-user-rejected", error},        {"untrusted-ca-rejected", error},
    {"untrusted-server-ca-detected", error}, {"valid-mtls-accepted", fail},
    {"valid-password-accepted", fail},       {"wrong-password-rejected", error}};

inline const std::vector<Mistake> mistakes = {
    {"none", [](Made) {}, {}, 20},
    {"first_account_overwritten",
     [](Made it) { give_accounts(it, {reader}); },
     {{"valid-password-accepted", fail}},
     18,
     {"valid-password-accepted", "userclient is not known"}},
    {"second_account_never_made",
     [](Made it) { give_accounts(it, {client}); },
     {{"valid-password-accepted", fail}},
     18,
     {"valid-password-accepted", "userbroker is not known"}},
    {"other_password_for_userclient",
     [](Made it) {
       give_accounts(it, {{"userclient", "another"}, reader});
     },
     {{"valid-password-accepted", fail}},
     18,
     {"valid-password-accepted", "userclient is not known"}},
    {"other_password_for_userbroker",
     [](Made it) {
       give_accounts(it, {client, {"userbroker", "another"}});
     },
     {{"valid-password-accepted", fail}},
     18,
     {"valid-password-accepted", "userbroker is not known"}},
    {"other_passwords_for_both",
     [](Made it) {
       give_accounts(it, {{"userclient", "another"}, {"userbroker", "another"}});
     },
     no_login_works,
     9,
     {"valid-password-accepted", "userclient is not known"}},
    {"password_file_empty",
     [](Made it) { give_accounts(it, {}); },
     no_login_works,
     9,
     {"valid-password-accepted", "userclient is not known"}},
    {"server_named_for_another_host",
     [](Made it) { serve_with(it.material.signed_by_lab({.subject = "/CN=192.0.2.1"}), it); },
     {{"server-certificate-trusted", fail}},
     19,
     {"server-certificate-trusted", "for another name"}},
    {"server_named_localhost",
     [](Made it) { serve_with(it.material.signed_by_lab({.subject = "/CN=localhost"}), it); },
     {{"server-certificate-trusted", fail}},
     19,
     {"server-certificate-trusted", "for another name"}},
    {"client_certificate_of_another_ca_and_the_cas_key_given",
     [](Made it) {
       it.look.client = it.material.signed_by_stranger({.subject = "/CN=userclient"});
       it.look.gives_ca_key = true;
     },
     {{"valid-mtls-accepted", fail}},
     17,
     {"valid-mtls-accepted", "does not accept the CA of client.crt"}},
    {"client_certificate_expired_and_the_cas_key_given",
     [](Made it) {
       using namespace std::chrono_literals;
       it.look.client = it.material.signed_by_lab({.subject = "/CN=userclient", .validity = {-48h, -24h}});
       it.look.gives_ca_key = true;
     },
     {{"valid-mtls-accepted", fail}},
     17,
     {"valid-mtls-accepted", "client.crt has expired"}},
    {"client_certificate_of_another_ca",
     [](Made it) { it.look.client = it.material.signed_by_stranger({.subject = "/CN=userclient"}); },
     no_client_certificate_is_let_in,
     2,
     {"valid-mtls-accepted", "does not accept the CA of client.crt"}},
    // The broker trusts the lab's CA and the one that has signed the client's certificate. Strangers are refused.
    {"client_certificate_of_another_ca_that_is_trusted",
     [](Made it) {
       const auto another_ca = give_certificate_of_another_ca(it, it.look.client);
       it.configuration.cafile = it.material.folder().write("both.crt", it.material.ca.text + another_ca);
     },
     {{"valid-mtls-accepted", fail}, {"untrusted-ca-rejected", fail}},
     15,
     {"valid-mtls-accepted", "is not signed by ca.crt"}},
    {"readers_certificate_of_another_ca_that_is_trusted",
     [](Made it) {
       const auto another_ca = give_certificate_of_another_ca(it, it.look.reader);
       it.configuration.cafile = it.material.folder().write("both.crt", it.material.ca.text + another_ca);
     },
     {{"valid-mtls-accepted", fail}, {"untrusted-ca-rejected", fail}},
     15,
     {"valid-mtls-accepted", "is not signed by ca.crt"}},
    {"client_certificate_not_required",
     [](Made it) { it.configuration.certificate_rule = ""; },
     {{"valid-mtls-accepted", fail},
      {"missing-client-certificate-rejected", fail},
      {"untrusted-ca-rejected", fail},
      {"mtls-wrong-password-rejected", error}},
     11,
     {"valid-mtls-accepted", "require_certificate true"}},
    {"client_certificate_not_required_and_first_account_overwritten",
     [](Made it) {
       it.configuration.certificate_rule = "";
       give_accounts(it, {reader});
     },
     {{"valid-password-accepted", fail},
      {"valid-mtls-accepted", fail},
      {"missing-client-certificate-rejected", fail},
      {"untrusted-ca-rejected", fail},
      {"mtls-wrong-password-rejected", error}},
     9,
     {"valid-password-accepted", "userclient is not known"}},
    {"anonymous_allowed",
     [](Made it) { it.configuration.anonymous_rule = "allow_anonymous true"; },
     {{"anonymous-rejected", fail}},
     19,
     {"anonymous-rejected", "allow_anonymous false"}},
    {"anonymous_allowed_and_server_misnamed",
     [](Made it) {
       it.configuration.anonymous_rule = "allow_anonymous true";
       serve_with(it.material.signed_by_lab({.subject = "/CN=192.0.2.1"}), it);
     },
     {{"server-certificate-trusted", fail}, {"anonymous-rejected", fail}},
     18,
     {"server-certificate-trusted", "for another name"}},
    {"anonymous_allowed_and_first_account_overwritten",
     [](Made it) {
       it.configuration.anonymous_rule = "allow_anonymous true";
       give_accounts(it, {reader});
     },
     {{"valid-password-accepted", fail}, {"anonymous-rejected", fail}},
     17,
     {"valid-password-accepted", "userclient is not known"}},
    {"plain_port_open",
     [](Made it) { it.configuration.opens_plain_port = true; },
     {{"cleartext-listener-closed", fail}},
     19,
     {"cleartext-listener-closed", "Take the line"}},
    {"plain_port_open_and_server_misnamed",
     [](Made it) {
       it.configuration.opens_plain_port = true;
       serve_with(it.material.signed_by_lab({.subject = "/CN=192.0.2.1"}), it);
     },
     {{"server-certificate-trusted", fail}, {"cleartext-listener-closed", fail}},
     18,
     {"server-certificate-trusted", "for another name"}},
    {"plain_port_open_and_second_account_never_made",
     [](Made it) {
       it.configuration.opens_plain_port = true;
       give_accounts(it, {client});
     },
     {{"cleartext-listener-closed", fail}, {"valid-password-accepted", fail}},
     17,
     {"cleartext-listener-closed", "Take the line"}},
    {"server_misnamed_and_second_account_never_made",
     [](Made it) {
       serve_with(it.material.signed_by_lab({.subject = "/CN=192.0.2.1"}), it);
       give_accounts(it, {client});
     },
     {{"server-certificate-trusted", fail}, {"valid-password-accepted", fail}},
     17,
     {"server-certificate-trusted", "for another name"}},
    // As the lab's text has it, on Mosquitto 2, which lets nobody in without being told to.
    {"tls_stage_without_allow_anonymous",
     [](Made it) {
       it.configuration.certificate_rule = it.configuration.anonymous_rule = it.configuration.password_file = "";
     },
     {{"valid-password-accepted", fail},
      {"anonymous-rejected", error},
      {"wrong-password-rejected", error},
      {"unknown-user-rejected", error},
      {"valid-mtls-accepted", fail},
      {"missing-client-certificate-rejected", fail},
      {"untrusted-ca-rejected", fail},
      {"mtls-wrong-password-rejected", error}},
     5,
     {"valid-password-accepted", "must name the file: password_file"}},
    // ---- from public reports
    {"acl_without_the_topic",
     [](Made it) {
       it.configuration.more = {"acl_file " + file_with(it, "acl",
                                                        "user userclient\ntopic read sensors/#\n"
                                                        "user userbroker\ntopic read sensors/#\n")};
     },
     {},
     20},
    {"message_size_limit",
     [](Made it) { it.configuration.more = {"message_size_limit 3"}; },
     {},
     20},
    {"passwords_hashed_twice",
     [](Made it) {
       give_accounts(it, {client, reader});
       std::ifstream in(it.configuration.password_file.substr(std::string("password_file ").size()));
       std::vector<Credentials> hashed;
       for (std::string line; std::getline(in, line);)
         hashed.push_back({line.substr(0, line.find(':')), line.substr(line.find(':') + 1)});
       give_accounts(it, hashed);
     },
     no_login_works,
     9,
     {"valid-password-accepted", "its password is another one"}},
    {"byte_order_mark_before_the_first_user",
     [](Made it) { use_password_file(it, [](const auto& text) { return "\xef\xbb\xbf" + text; }); },
     {{"valid-password-accepted", fail}},
     18,
     {"valid-password-accepted", "userclient is not known"}},
    {"carriage_returns_in_the_password_file",
     [](Made it) {
       use_password_file(it, [](std::string text) {
         for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) text.insert(at, "\r");
         return text;
       });
     },
     {},
     20},
    {"password_file_on_the_other_listener",
     [](Made it) {
       it.configuration.more = {"per_listener_settings true"};
       it.configuration.opens_plain_port = true;
       it.configuration.after_plain_port = {it.configuration.anonymous_rule, it.configuration.password_file};
       it.configuration.anonymous_rule = it.configuration.password_file = "";
     },
     {{"anonymous-rejected", error},
      {"cleartext-listener-closed", fail},
      {"mtls-wrong-password-rejected", error},
      {"unknown-user-rejected", error},
      {"valid-mtls-accepted", fail},
      {"valid-password-accepted", fail},
      {"wrong-password-rejected", error}},
     8,
     {"cleartext-listener-closed", "Take the line"}},
    {"client_certificate_required_on_another_listener",
     [](Made it) {
       it.configuration.opens_plain_port = true;
       it.configuration.after_plain_port = {it.configuration.certificate_rule};
       it.configuration.certificate_rule = "";
     },
     {{"cleartext-listener-closed", fail},
      {"missing-client-certificate-rejected", fail},
      {"mtls-wrong-password-rejected", error},
      {"untrusted-ca-rejected", fail},
      {"valid-mtls-accepted", fail}},
     10,
     {"cleartext-listener-closed", "Take the line"}},
    {"tls_lines_without_a_certificate",
     [](Made it) { it.configuration.certfile = it.configuration.keyfile = ""; },
     {{"anonymous-rejected", error},
      {"cleartext-listener-closed", error},
      {"missing-client-certificate-rejected", error},
      {"mtls-wrong-password-rejected", error},
      {"open-listener-accepts", error},
      {"server-certificate-trusted", fail},
      {"tls-accepted", fail},
      {"unknown-user-rejected", error},
      {"untrusted-ca-rejected", error},
      {"untrusted-server-ca-detected", error},
      {"valid-mtls-accepted", fail},
      {"valid-password-accepted", fail},
      {"wrong-password-rejected", error}},
     0,
     {"tls-accepted", "must be followed by"}},
    {"tls_lines_under_the_other_listener",
     [](Made it) {
       auto& conf = it.configuration;
       conf.opens_plain_port = true;
       conf.after_plain_port = {"cafile " + conf.cafile, "certfile " + conf.certfile, "keyfile " + conf.keyfile,
                                conf.certificate_rule};
       conf.cafile = conf.certfile = conf.keyfile = conf.certificate_rule = "";
     },
     {{"anonymous-rejected", error},
      {"cleartext-listener-closed", error},
      {"missing-client-certificate-rejected", error},
      {"mtls-wrong-password-rejected", error},
      {"open-listener-accepts", fail},
      {"server-certificate-trusted", fail},
      {"tls-accepted", fail},
      {"unknown-user-rejected", error},
      {"untrusted-ca-rejected", error},
      {"untrusted-server-ca-detected", error},
      {"valid-mtls-accepted", fail},
      {"valid-password-accepted", fail},
      {"wrong-password-rejected", error}},
     0,
     {"tls-accepted", "must be followed by"}},
    {"tls_on_both_listeners",
     [](Made it) {
       auto& conf = it.configuration;
       conf.opens_plain_port = true;
       conf.after_plain_port = {"cafile " + conf.cafile, "certfile " + conf.certfile, "keyfile " + conf.keyfile,
                                conf.certificate_rule};
     },
     {{"cleartext-listener-closed", error}, {"open-listener-accepts", fail}},
     18,
     {"cleartext-listener-closed", "a TLS listener?"}},
    {"subject_taken_for_the_user",
     [](Made it) { it.configuration.more = {"use_subject_as_username true"}; },
     no_password_is_looked_at,
     12,
     {"wrong-password-rejected", "switch passwords off"}},
    {"identity_taken_for_the_user",
     [](Made it) { it.configuration.more = {"use_identity_as_username true"}; },
     no_password_is_looked_at,
     12,
     {"wrong-password-rejected", "switch passwords off"}},
    {"subject_taken_for_the_user_and_no_certificate_required",
     [](Made it) {
       it.configuration.more = {"use_subject_as_username true"};
       it.configuration.certificate_rule = "";
     },
     {{"anonymous-rejected", error},
      {"missing-client-certificate-rejected", fail},
      {"mtls-wrong-password-rejected", error},
      {"unknown-user-rejected", error},
      {"untrusted-ca-rejected", fail},
      {"valid-mtls-accepted", fail},
      {"valid-password-accepted", fail},
      {"wrong-password-rejected", error}},
     5,
     {"valid-password-accepted", "use_subject_as_username"}},
    {"client_ids_with_a_prefix",
     [](Made it) { it.configuration.more = {"clientid_prefixes lab-"}; },
     no_login_works,
     9,
     {"valid-password-accepted", "userclient is not known"}},
    {"crl_past_its_next_update",
     [](Made it) {
       using namespace std::chrono_literals;
       it.configuration.more = {"crlfile " + it.material.revocation_list({-48h, -24h}).file};
     },
     no_client_certificate_is_let_in,
     2,
     {"valid-mtls-accepted", "past its next update"}},
    {"server_and_ca_of_one_subject",
     [](Made it) { serve_with(it.material.signed_by_lab({.subject = "/C=FR/L=PARIS/CN=Lab CA"}), it); },
     server_is_not_trusted,
     3,
     {"server-certificate-trusted", "has the CA's subject"}},
    {"server_certificate_for_clients_only",
     [](Made it) {
       serve_with(
           it.material.signed_by_lab({.subject = "/CN=127.0.0.1", .purposes = {pki::Purpose::client_authentication}}),
           it);
     },
     server_is_not_trusted,
     3,
     {"server-certificate-trusted", "not for servers"}},
    {"server_certificate_with_other_alternative_names",
     [](Made it) {
       serve_with(it.material.signed_by_lab({.subject = "/CN=127.0.0.1", .alternative_names = {"broker.example"}}), it);
     },
     {{"server-certificate-trusted", fail}},
     19,
     {"server-certificate-trusted", "where it has a subjectAltName, there"}},
    {"server_certificate_expired",
     [](Made it) {
       using namespace std::chrono_literals;
       serve_with(it.material.signed_by_lab({.subject = "/CN=127.0.0.1", .validity = {-48h, -24h}}), it);
     },
     server_is_not_trusted,
     3,
     {"server-certificate-trusted", "has expired"}},
    {"server_certificate_not_valid_yet",
     [](Made it) {
       using namespace std::chrono_literals;
       serve_with(it.material.signed_by_lab({.subject = "/CN=127.0.0.1", .validity = {24h, 48h}}), it);
     },
     server_is_not_trusted,
     3,
     {"server-certificate-trusted", "compare the clocks"}},
    {"server_certificate_of_another_ca",
     [](Made it) { serve_with(it.material.signed_by_stranger({.subject = "/CN=127.0.0.1"}), it); },
     server_is_not_trusted,
     3,
     {"server-certificate-trusted", "another CA than the one in ca.crt"}},
    {"client_certificate_for_servers_only",
     [](Made it) {
       it.look.client =
           it.material.signed_by_lab({.subject = "/CN=userclient", .purposes = {pki::Purpose::server_authentication}});
     },
     no_client_certificate_is_let_in,
     2,
     {"valid-mtls-accepted", "not for clients"},
     true},
    {"client_certificate_expired",
     [](Made it) {
       using namespace std::chrono_literals;
       it.look.client = it.material.signed_by_lab({.subject = "/CN=userclient", .validity = {-48h, -24h}});
     },
     no_client_certificate_is_let_in,
     2,
     {"valid-mtls-accepted", "client.crt has expired"}},
    {"cafile_of_another_ca",
     [](Made it) { it.configuration.cafile = it.material.stranger_ca.file; },
     no_client_certificate_is_let_in,
     2,
     {"valid-mtls-accepted", "names another CA"}},
    {"cafile_that_is_the_servers_certificate",
     [](Made it) { it.configuration.cafile = it.material.server.certificate.file; },
     no_client_certificate_is_let_in,
     2,
     {"valid-mtls-accepted", "names another CA"}},
    {"cafile_with_another_ca_too",
     [](Made it) {
       it.configuration.cafile = file_with(it, "both.crt", it.material.ca.text + it.material.stranger_ca.text);
     },
     {{"untrusted-ca-rejected", fail}},
     18,
     {"untrusted-ca-rejected", "hold the lab's CA only"},
     true},
    {"mount_point", [](Made it) { it.configuration.more = {"mount_point site1/"}; }, {}, 20},
    {"no_password_file",
     [](Made it) { it.configuration.password_file = ""; },
     no_login_works,
     9,
     {"valid-password-accepted", "must name the file: password_file"}},
    {"no_password_file_and_anonymous_allowed",
     [](Made it) {
       it.configuration.password_file = "";
       it.configuration.anonymous_rule = "allow_anonymous true";
     },
     no_password_is_looked_at,
     12,
     {"wrong-password-rejected", "looks at no password"}},
    {"no_more_than_the_tls_stage",
     [](Made it) {
       it.configuration.certificate_rule = it.configuration.password_file = "";
       it.configuration.anonymous_rule = "allow_anonymous true";
     },
     {{"anonymous-rejected", fail},
      {"missing-client-certificate-rejected", fail},
      {"mtls-wrong-password-rejected", fail},
      {"unknown-user-rejected", fail},
      {"untrusted-ca-rejected", fail},
      {"valid-mtls-accepted", fail},
      {"valid-password-accepted", fail},
      {"wrong-password-rejected", fail}},
     5,
     {"wrong-password-rejected", "looks at no password"}},
    {"anonymous_allowed_and_plain_port_open",
     [](Made it) {
       it.configuration.anonymous_rule = "allow_anonymous true";
       it.configuration.opens_plain_port = true;
     },
     {{"anonymous-rejected", fail}, {"cleartext-listener-closed", fail}},
     18,
     {"cleartext-listener-closed", "Take the line"}},
};

}  // namespace mqtts::checks
