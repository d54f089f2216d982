#include "harness/pki/subject.h"

#include <gtest/gtest.h>

#include "tests/pki/support.h"

namespace mqtts::pki {
namespace {

std::string rfc2253(const std::string& subject) {
  const auto name = parse_subject(subject);
  if (!name) return "error: " + to_english(name.error().what);
  const BioPtr memory(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(memory.get(), name->get(), 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

TEST(Subject, gives_the_name_that_is_meant) {
  EXPECT_EQ(rfc2253("/C=FR/L=PARIS/CN=Lab CA"), "CN=Lab CA,L=PARIS,C=FR");
  EXPECT_EQ(rfc2253("/CN=192.168.33.10"), "CN=192.168.33.10");
  EXPECT_EQ(rfc2253(R"(/O=a\/b/CN=c\+d)"), R"(CN=c\+d,O=a/b)");
}

TEST(Subject, gives_the_name_that_openssl_gives) {
  for (const std::string subject :
       {"/C=FR/L=PARIS/CN=Lab CA", "/CN=192.168.33.10", "/CN=a=b", "/CN=x/", "/O=Université/CN=é", "/O=x+OU=y/CN=z",
        R"(/O=a\/b/CN=c\+d)", R"(/CN=a\\b)", R"(/CN=a\b)", "/emailAddress=a@b.fr/CN= x ", "/2.5.4.3=x"}) {
    const auto theirs = run_shell(
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -utf8 -subj '" +
        subject + "' 2>/dev/null | openssl req -noout -subject -nameopt RFC2253,-esc_msb");
    EXPECT_EQ("subject=" + rfc2253(subject) + "\n", theirs.output);
  }
}

TEST(Subject, is_an_error_where_openssl_would_fail_or_leave_something_out) {
  const struct {
    std::string subject;
    std::string message;
  } cases[] = {
      {"", "the subject  does not begin with /"},
      {"CN=x", "the subject CN=x does not begin with /"},
      {"/", "the subject / has no = after "},
      {"/CN", "the subject /CN has no = after CN"},
      {"/CN=x/userclient", "the subject /CN=x/userclient has no = after userclient"},
      {"/CM=x", "the subject /CM=x has an unknown attribute, CM"},
      {"/C=FR/CN=", "the subject /C=FR/CN= gives CN no value"},
      {"/CN=x\\", "the subject /CN=x\\ ends in a lone backslash"},
      {"/C=FRANCE", "in the subject /C=FRANCE, the value of C is not allowed"},
      {"/CN=\xff", "in the subject /CN=\xff, the value of CN is not allowed"},
      {"/CN=" + std::string(65, 'a'),
       "in the subject /CN=" + std::string(65, 'a') + ", the value of CN is not allowed"},
  };
  for (const auto& [subject, message] : cases) {
    const auto name = parse_subject(subject);
    ASSERT_FALSE(name) << subject;
    EXPECT_EQ(name.error().kind, ErrorKind::invalid_input);
    EXPECT_EQ(to_english(name.error().what), message);
  }
}

}  // namespace
}  // namespace mqtts::pki
