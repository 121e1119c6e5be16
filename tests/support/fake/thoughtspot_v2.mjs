// The calls of the fake ThoughtSpot's REST v2.0, as far as they are needed where v1 lacks one.
import { DONE, json, Refusal } from './thoughtspot_wire.mjs';

export function callsOfVersion2(cluster) {
  function system() {
    const body = {
      release_version: '10.1.0.sw-73',
      type: 'Software',
      environment: 'on-premises',
      name: 'cluster',
      id: 'c',
      time_zone: 'UTC',
      api_version: '2.0',
    };
    return { status: 200, body };
  }

  function imported(request) {
    const known = ['metadata_tmls', 'import_policy', 'create_new', 'all_orgs_override', 'skip_diff_check'];
    const body = json(request, [...known, 'enable_large_metadata_validation']);
    cluster.demandDataManager();
    const answers = body.metadata_tmls.map((text, request_index) => {
      const { status, header } = cluster.importTml(text, body.import_policy ?? 'PARTIAL');
      return { request_index, response: { status, object: header ? [{ header }] : [] } };
    });
    return { status: 200, body: answers };
  }

  function exported(request) {
    const body = json(request, ['metadata', 'edoc_format', 'export_fqn', 'export_associated']);
    const views = body.metadata.map(({ identifier }) => cluster.view(identifier));
    return { status: 200, body: views.map((one) => cluster.exportTml(one, body.edoc_format)) };
  }

  // All or nothing: one that is not there, and none goes.
  function deleted(request) {
    const body = json(request, ['metadata', 'delete_disabled_objects']);
    cluster.demandDataManager();
    for (const { identifier, type } of body.metadata) {
      if (type !== 'LOGICAL_TABLE') throw new Refusal(400, 10002, `no type ${type}`);
      if (!cluster.views.has(identifier)) throw new Refusal(400, 13003, `Object not found: ${identifier}`);
    }
    for (const { identifier } of body.metadata) cluster.views.delete(identifier);
    return DONE;
  }

  return {
    system: { verb: 'GET', work: system },
    'metadata/tml/import': { verb: 'POST', work: imported },
    'metadata/tml/export': { verb: 'POST', work: exported },
    'metadata/delete': { verb: 'POST', work: deleted },
  };
}
