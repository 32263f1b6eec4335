// The files of reports/html as one page, embedded when the program is built.
#pragma once

#include <string_view>

namespace quiesce::reports {

/// In the places of <!--TITLE-->, <!--TEXT-->, <!--DATA--> and <!--PAGE-->, a report puts its own.
extern const std::string_view kReportTemplate;

}  // namespace quiesce::reports
