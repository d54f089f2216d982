// Both languages of the reports.
#pragma once

#include "reports/translator.h"

namespace mqtts::test {

inline const reports::Translator english(Lang::en);
inline const reports::Translator french(Lang::fr);

}  // namespace mqtts::test
