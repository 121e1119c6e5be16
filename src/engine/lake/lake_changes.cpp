#include "engine/lake/lake_changes.hpp"

#include <algorithm>
#include <set>

#include "engine/lake/lake_sql.hpp"

namespace matview::engine {

namespace {

/// A table at one snapshot.
struct Side {
  const LakeTableRows& table;
  std::int64_t snapshot;

  const LakeDataFile* find(std::int64_t id) const {
    const auto found = std::find_if(table.files.begin(), table.files.end(), [&](const auto& f) { return f.id == id; });
    return found == table.files.end() ? nullptr : &*found;
  }
};

/// Rows of one side that are not rows of the other.
struct OneSided {
  std::vector<LakeFileRows> files;
  std::vector<LakeInlinedRows> inlined;
  bool whole_files = false;
  std::int64_t bytes = 0;
};

std::string all_of(const std::vector<std::string>& conditions) {
  std::string text;
  for (const std::string& condition : conditions) text += (text.empty() ? "(" : " AND (") + condition + ")";
  return text.empty() ? "true" : text;
}

/// Rows of a table in the catalog that `other` does not have.
LakeInlinedRows inlined_only_in(const LakeInlinedRows& rows, const std::vector<LakeInlinedRows>& other) {
  std::set<std::pair<std::int64_t, std::int64_t>> known;
  for (const LakeInlinedRows& same : other)
    if (same.table == rows.table) known.insert(same.ids.begin(), same.ids.end());
  LakeInlinedRows left = rows;
  left.rows.clear();
  left.ids.clear();
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    if (known.contains(rows.ids[i])) continue;
    left.rows.push_back(rows.rows[i]);
    left.ids.push_back(rows.ids[i]);
  }
  return left;
}

bool same_deletes(const std::optional<LakeDeleteFile>& left, const std::optional<LakeDeleteFile>& right) {
  if (!left || !right) return left.has_value() == right.has_value();
  return left->path == right->path && !left->partial;
}

/// Whether a file surely shows the same rows on both sides.
bool same_rows(const LakeDataFile& left, const LakeDataFile& right) {
  return !left.partial && !right.partial && same_deletes(left.deletes, right.deletes) &&
         left.inlined_deletes == right.inlined_deletes;
}

OneSided only_in(const Side& side, const Side& other) {
  OneSided left;
  for (const LakeDataFile& file : side.table.files) {
    LakeFileRows rows{&file, live_conditions(file, side.snapshot)};
    const LakeDataFile* same = other.find(file.id);
    if (same == nullptr) {
      left.whole_files = true;
    } else {
      const auto conditions = live_conditions(*same, other.snapshot);
      // Without conditions the other side has all rows of the file.
      if (conditions.empty() || same_rows(file, *same)) continue;
      // The snapshot that a row of a merged file belongs to can be asked for wherever one side has to.
      if (same->partial) rows.file = same;
      rows.conditions.push_back("NOT (" + all_of(conditions) + ")");
    }
    left.files.push_back(std::move(rows));
    left.bytes += file.bytes;
  }
  for (const LakeInlinedRows& inlined : side.table.inlined)
    if (auto rows = inlined_only_in(inlined, other.table.inlined); !rows.rows.empty())
      left.inlined.push_back(std::move(rows));
  return left;
}

Result<std::string> select(const std::vector<LakeField>& columns, const OneSided& rows) {
  if (rows.files.empty() && rows.inlined.empty()) return std::string();
  return lake_rows_select(columns, rows.files, rows.inlined);
}

}  // namespace

bool same_fields(const std::vector<LakeField>& left, const std::vector<LakeField>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const LakeField& l, const LakeField& r) {
    return l.id == r.id && l.name == r.name && l.type == r.type && l.initial_default == r.initial_default &&
           same_fields(l.children, r.children);
  });
}

Result<RowsChange> lake_rows_change(const LakeTableRows& from, std::int64_t from_snapshot, const LakeTableRows& to,
                                    std::int64_t to_snapshot) {
  const Side before{from, from_snapshot};
  const Side after{to, to_snapshot};
  const OneSided come = only_in(after, before);
  const OneSided gone = only_in(before, after);
  RowsChange change;
  MATVIEW_ASSIGN(change.added, select(to.columns, come));
  MATVIEW_ASSIGN(change.removed, select(to.columns, gone));
  change.added_bytes = come.bytes;
  change.removed_bytes = gone.bytes;
  // Rows that were in the catalog and now are in a file moved too.
  const bool from_somewhere = gone.whole_files || !gone.inlined.empty();
  change.rewritten = from_somewhere && (come.whole_files || !come.inlined.empty());
  return change;
}

}  // namespace matview::engine
