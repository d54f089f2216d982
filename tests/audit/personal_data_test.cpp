#include "harness/audit/personal_data.h"

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace mqtts::audit {
namespace {

std::string kinds_in(std::string_view payload) {
  std::string all;
  for (const auto kind : suspected_in(payload)) all += (all.empty() ? "" : " ") + std::string(to_string(kind));
  return all;
}

struct PayloadRow {
  std::string_view payload;
  std::string_view kinds;
};

void expect_kinds(std::initializer_list<PayloadRow> rows) {
  for (const auto& [payload, kinds] : rows) EXPECT_EQ(kinds_in(payload), kinds) << payload;
}

TEST(PersonalData, of_people) {
  expect_kinds({{"alice@example.com", "email"},
                {R"({"user":"alice.b+iot@mail.example.co.uk"})", "email"},
                {"contact: Bob <bob@example.fr>.", "email"},
                {"alice@localhost", ""},
                {"@example.com", ""},
                {"sensor@2x.1", ""},
                {"a@b..com", ""},
                {"user @ example.com", ""},
                {"+33 6 12 34 56 78", "phone"},
                {"+33612345678", "phone"},
                {"tel:+1-202-555-0143", "phone"},
                {"06 12 34 56 78", "phone"},
                {R"({"phone":"0612345678"})", "phone"},
                {R"({"phoneNumber": "(202) 555-0143"})", "phone"},
                {"2026-11-30T10:00:00+0100", ""},
                {"+12.5", ""},
                {"+1234567.89012", ""},
                {"1e+123456789", ""},
                {"0612345678", ""},
                {R"({"tel":"12"})", ""},
                {"10.06 12 34 56 78", ""}});
}

TEST(PersonalData, of_places) {
  expect_kinds({{R"({"_type":"location","lat":48.8566,"lon":2.3522})", "position"},
                {R"({"latitude":"-33.86","longitude":"151.21"})", "position"},
                {"lat=48.85&lng=2.35", "position"},
                {"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47", "position"},
                {"$GNRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A", "position"},
                {"geo:48.8566,2.3522", "position"},
                {R"({"lat":48.8566})", ""},
                {R"({"lat":123.4567,"lon":2.3522})", ""},
                {R"({"lat":0,"lon":0})", ""},
                {R"({"flat":48.8566,"balloon":2.3522})", ""},
                {"21.5000,45.3000", ""},
                {"$GPGSV,2,1,08", ""}});
}

TEST(PersonalData, of_payment) {
  expect_kinds({{"4111111111111111", "card"},
                {"4111 1111 1111 1111", "card"},
                {"5500-0000-0000-0004", "card"},
                {R"({"pan":"378282246310005"})", "card"},
                {"4111111111111112", ""},
                {"1764540000000", ""},
                {"0.4111111111111111", ""},
                {"41111111111111110000000", ""},
                {"4444444444444444", ""},
                {"x4111111111111111", ""}});
}

TEST(PersonalData, of_secrets) {
  expect_kinds({{R"({"ssid":"home","password":"hunter2"})", "password"},
                {"wifi_password=hunter2", "password"},
                {"PSK: abcdefgh", "password"},
                {R"({"client_secret": "q"})", "password"},
                {"motDePasse: x1", "password"},
                {"mqtt://user:pw@broker.example.com:1883", "password"},
                {R"({"password":null})", ""},
                {R"({"password":"********"})", ""},
                {R"({"password":""})", ""},
                {R"({"password":"${PW}"})", ""},
                {R"({"password_changed":"today"})", ""},
                {"mqtt://broker.example.com:1883/a@b", ""},
                {"compass: 12", ""},
                {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl", "token"},
                {"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", "token"},
                {"Authorization: Bearer 0123456789abcdef", "token"},
                {R"({"access_token":"0123456789abcdef"})", "token"},
                {"AKIAIOSFODNN7EXAMPLE", "token"},
                {"eyJhbGciOiJIUzI1NiJ9", ""},
                {"eyJ.eyJ.x", ""},
                {R"({"token":"on"})", ""},
                {"Bearer x", ""},
                {"-----BEGIN PRIVATE KEY-----\nMII", "private-key"},
                {"-----BEGIN RSA PRIVATE KEY-----", "private-key"},
                {"-----BEGIN PUBLIC KEY-----", ""},
                {"-----BEGIN CERTIFICATE-----", ""}});
}

TEST(PersonalData, of_several_kinds_is_told_in_their_order) {
  expect_kinds(
      {{R"({"password":"x1","mail":"a@example.org","lat":1.25,"lon":2.51})", "email position password"},
       {std::string_view("\0\xff\x01 a@example.org \0", 18), "email"},
       {"", ""},
       {R"({"temperature":21.5,"unit":"C","ip":"192.168.1.10","mac":"aa:bb:cc:dd:ee:ff","ts":1764540000})", ""}});
}

TEST(PersonalData, takes_time_in_proportion_to_the_size) {
  for (const auto* piece : {"@", "eyJ", "a@a.", "+1 ", "4111 ", "a:", "://", "-----BEGIN ", "$GPGGA,"}) {
    std::string all;
    while (all.size() < 50'000) all += piece;
    const auto start = std::chrono::steady_clock::now();
    static_cast<void>(suspected_in(all));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3)) << piece;
  }
}

}  // namespace
}  // namespace mqtts::audit
