// A lab, and a student who has set it up, for tests of given material.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "harness/pki/given_materials.h"
#include "tests/pki/support.h"

namespace mqtts::pki {

// The lab: its CA and server go to the host, one account is in its password file.
inline Plan lab_plan() {
  constexpr auto ec = KeyType::ec_p256;
  Plan plan;
  plan.materials = {
      .authorities = {{"lab-ca", {.subject = "/CN=Lab CA", .key = ec}}, {"stranger-ca", {"/CN=Stranger CA", 365, ec}}},
      .certificates = {{"server", {.issuer = "lab-ca", .subject = "/CN=127.0.0.1", .key = ec}},
                       {"userclient", {.issuer = "lab-ca", .subject = "/CN=userclient", .key = ec}},
                       {"stranger", {"stranger-ca", "/CN=userclient", 365, ec, "userclient"}}},
      .accounts = {{"userclient", "random-1"}, {"nobody", "random-2"}}};
  plan.stages = {{.id = "tls",
                  .files = {{.content = FileContent::authority_certificate, .material = "lab-ca"},
                            {.content = FileContent::certificate, .material = "server"}}},
                 {.id = "password", .files = {{.content = FileContent::password_file, .accounts = {"userclient"}}}}};
  return plan;
}

inline std::string subject_of(const X509& certificate) {
  char* line = X509_NAME_oneline(X509_get_subject_name(&certificate), nullptr, 0);
  std::string subject = line;
  OPENSSL_free(line);
  return subject;
}

// What a student made, and a target file that gives all of it.
class GivenMaterialsTest : public testing::Test {
 protected:
  GivenMaterialsTest() {
    const auto ca = authority("/CN=Student CA");
    const auto client = signed_by(ca, {.subject = "/CN=student"});
    given.ca = student.write("ca.crt", to_pem(*ca.certificate));
    given.identities["userclient"] = {student.write("client.crt", to_pem(*client.certificate)),
                                      student.write("client.key", to_pem(*client.key))};
    given.accounts["userclient"] = {.password_file = student.write("pw", "s3cret word\r\nsecond line\n")};
    ca_key = student.write("ca.key", to_pem(*ca.key));
  }

  ProvidedMaterials materials() { return {plan, given, folder.path()}; }
  int verified_by_student(const Pem& certificate) const {
    return verify(*must(parse_certificate(certificate)), *must(parse_certificate({.text = content_of(given.ca)})));
  }

  TemporaryFolder student;
  TemporaryFolder folder;
  Plan plan = lab_plan();
  MaterialSources given;
  std::string ca_key;
};

}  // namespace mqtts::pki
