// A table of who may read and write which topic, and the checks that prove all of it.
#pragma once

#include <string>
#include <vector>

#include "harness/json/object_reader.h"
#include "harness/model/plan.h"

namespace mqtts::plan {

// Reads a stage's "acl", {USER: {TOPIC or FILTER: "read", "write", "readwrite" or "none"}}, with "acl_client", the
// client that all users are, "acl_certificates", {USER: certificate}, and "acl_qos", the QoS of their messages; returns
// the checks that it generates, and none if there is no "acl". Of a filter one topic is tried, with "mqtts-check" in the place of a wildcard; "%u" is the
// user's name. What matches no line of a user is denied; "none" goes before any other line.
//
// For every user and every line of the table, of whichever user: what is allowed must be delivered
// ("acl-write-USER-TOPIC", "acl-read-USER-TOPIC"), and what is not must be denied: "acl-publish-denied-…",
// "acl-retained-denied-…", "acl-will-denied-…" of one that may not write; "acl-subscribe-denied-…",
// "acl-wildcard-denied-…", "acl-shared-subscription-denied-…" of one that may not read. Each denial has a control
// ("acl-path-WRITER-READER", "acl-path-retained-…", "acl-path-will-…"): a message that the same two users may exchange.
// "acl" is the stage's id. Ids depend on stage, user and topic alone, and all have the tag "acl". What no pair of users can prove is a check that is skipped and says why.
std::vector<CheckSpec> read_acl_matrix(const json::ObjectReader& stage, const Plan& plan);

}  // namespace mqtts::plan
