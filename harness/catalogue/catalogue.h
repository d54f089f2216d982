// The catalogue of checks: what each proves, why it matters, how to mend a broker that fails it, and what demands it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/json/diagnostics.h"
#include "harness/model/severity.h"
#include "harness/util/message.h"

namespace mqtts::catalogue {

// How to mend a kind of broker.
struct Remedy {
  LocalText text;
  std::vector<std::string> lines;  // to paste: of the broker's configuration; after "$ ", of a shell
};

struct Entry {
  std::string id;
  std::string group;  // id of a row of groups()
  Severity severity{};
  LocalText title;                                       // what must hold
  LocalText proves;                                      // what the check does, and which answer is a pass
  LocalText why;                                         // what an attacker gains where it is missing
  std::vector<std::pair<std::string, Remedy>> remedies;  // by kind of broker, a row of remedy_kinds()
  std::vector<Reference> references;
};

struct Group {
  std::string_view id;
  Message title;
};

// In the order in which reports show them.
const std::vector<Group>& groups();

// Kinds of brokers that remedies are for, and their names: "mosquitto-2.0", "Mosquitto 2.0". "generic" is the last.
const std::vector<std::pair<std::string_view, std::string_view>>& remedy_kinds();

// All entries, by group and then as their files sort. Read once; a program whose own catalogue is faulty has none (see
// read_entries).
const std::vector<Entry>& entries();

// Null if the catalogue has no such check.
const Entry* find(std::string_view id);

// The remedy for a broker as TargetResult::broker names it ("mosquitto 2.0.11"; empty: unknown), else the generic one.
// `kind`: its row's key. Null if the entry has none.
struct Chosen {
  std::string_view kind;
  const Remedy* remedy = nullptr;
};
Chosen remedy_for(const Entry& entry, std::string_view broker);

// Reads a list of entries. Faults are added to `problems`.
std::vector<Entry> read_entries(std::string_view text, json::Diagnostics& problems);

// The program's own catalogue, as it was built in: a JSON list.
std::string_view built_in_text();

std::string_view check_schema();  // of a file scenarios/checks/ID.json

}  // namespace mqtts::catalogue
