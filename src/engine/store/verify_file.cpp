#include "engine/store/store.hpp"
#include "support/checksum.hpp"
#include "support/file.hpp"

namespace matview::engine {

namespace {

Result<void> verify_file(const std::string& path, std::int64_t bytes, const std::string& known_checksum,
                         const FileState& recorded) {
  const std::string name = "the file '" + path + "'";
  const std::string hint = "restore it, or refresh the view with --full";
  MATVIEW_ASSIGN(const auto status, support::status_of(path));
  if (!status) return fail(Error(ErrorCode::failed, name + " is missing").with_hint(hint));
  if (status->size != bytes)
    return fail(Error(ErrorCode::failed,
                      name + " has " + std::to_string(status->size) + " bytes instead of " + std::to_string(bytes))
                    .with_hint(hint));
  if (status->inode == recorded.inode && status->mtime_ns == recorded.mtime_ns && status->ctime_ns == recorded.ctime_ns)
    return {};
  MATVIEW_ASSIGN(const std::string checksum, support::file_checksum(path));
  if (checksum != known_checksum)
    return fail(
        Error(ErrorCode::failed, name + " is not the one that was committed: its content changed").with_hint(hint));
  return {};
}

}  // namespace

Result<void> verify_data_file(const DataFile& file) {
  MATVIEW_TRY(verify_file(file.path, file.bytes, file.checksum, file.recorded));
  if (!file.deletes) return {};
  return verify_file(file.deletes->path, file.deletes->bytes, file.deletes->checksum, file.deletes->recorded);
}

}  // namespace matview::engine
