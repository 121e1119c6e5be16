// The calls of the fake ThoughtSpot's REST v1: {verb, anonymous, work(request, session)} by their path.
import { randomUUID } from 'node:crypto';
import { demandText, DONE, exactly, form, list, missing, Refusal } from './thoughtspot_wire.mjs';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const LISTING = [
  ...['type', 'subtypes', 'category', 'sort', 'sortascending', 'offset', 'batchsize', 'tagname', 'pattern'],
  ...['skipids', 'fetchids', 'auto_created'],
];

function sessionCalls(cluster) {
  const { options } = cluster;

  function login(request) {
    const fields = form(request, ['username', 'password', 'rememberme'], ['username', 'password']);
    if (fields.get('username') !== options.username || fields.get('password') !== options.password)
      throw new Refusal(401, 10003, 'Authentication failed');
    return cluster.newSession();
  }

  function token(request) {
    demandText(request);
    const known = ['secret_key', 'username', 'access_level', 'id', 'orgid', 'groups', 'autocreate'];
    const fields = form(request, known, ['secret_key', 'username', 'access_level']);
    if (!options.secret_key) throw new Refusal(500, 10000, 'Trusted authentication is not enabled');
    if (fields.get('secret_key') !== options.secret_key || fields.get('username') !== options.username)
      throw new Refusal(401, 10003, 'Invalid secret');
    const issued = `login-token-${randomUUID()}`;
    cluster.loginTokens.add(issued);
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: `${issued}\n` };
  }

  function tokenLogin(request) {
    const known = ['username', 'auth_token', 'no_url_redirection', 'redirect_url'];
    const fields = form(request, known, ['username', 'auth_token']);
    if (!cluster.loginTokens.delete(fields.get('auth_token')) || fields.get('username') !== options.username)
      throw new Refusal(401, 10003, 'Invalid token');
    const session = cluster.newSession();
    if (fields.get('no_url_redirection') === 'true') return session;
    return { ...session, status: 302, headers: { ...session.headers, location: '/' } };
  }

  function logout(request, session) {
    if (session.bearer) throw new Refusal(400, 10002, 'there is no session');
    cluster.count.logouts += 1;
    cluster.sessions.delete(session.id);
    return DONE;
  }

  function info(request, session) {
    if (!options.session_info) return missing();
    const body = {
      userName: options.username,
      userDisplayName: 'ETL',
      userGUID: 'e71e0000-0000-4000-8000-000000000001',
      privileges: options.privileges,
      timezone: 'UTC',
      apiVersion: 'v1',
      authToken: 'auth-token-that-nobody-may-see',
      configInfo: {},
      currentOrgId: session.org,
    };
    return { status: 200, body };
  }

  function org(request, session) {
    const number = Number(form(request, ['orgid'], ['orgid']).get('orgid'));
    if (!options.orgs.includes(number)) throw new Refusal(403, 10004, 'User is not in this org');
    session.org = number;
    return DONE;
  }

  return {
    'session/login': { verb: 'POST', anonymous: true, work: login },
    'session/auth/token': { verb: 'POST', anonymous: true, work: token },
    'session/login/token': { verb: 'POST', anonymous: true, work: tokenLogin },
    'session/logout': { verb: 'POST', work: logout },
    'session/info': { verb: 'GET', work: info },
    'session/orgs': { verb: 'PUT', work: org },
  };
}

function metadataCalls(cluster) {
  const { options } = cluster;

  function listed(request) {
    if (!options.list) return missing();
    const { views, last } = cluster.page(request.query, [...LISTING, 'ownertypes', 'showhidden', 'authorguid']);
    const headers = views.map((one) => cluster.header(one));
    return { status: 200, body: { headers, isLastBatch: last, debugInfo: {} } };
  }

  function listedTheOldWay(request) {
    const { views } = cluster.page(request.query, LISTING);
    return { status: 200, body: views.map((one) => cluster.oldHeader(one)) };
  }

  function storable(one) {
    const source = (columnId) => ({ tableId: 'SALES-ID', tableName: 'SALES', columnId });
    return {
      header: cluster.header(one),
      type: one.type,
      dataSourceTypeEnum: 'DEFAULT',
      logicalTableContent: { joinType: 'INNER', worksheetType: 'VIEW', ...(one.query ? { sqlQuery: one.query } : {}) },
      columns: [
        { header: { id: 'c1', name: 'Month' }, dataType: 'DATE', sources: [source('x')] },
        { header: { id: 'c2', name: 'Total revenue' }, dataType: 'DOUBLE', sources: [source('y')] },
      ],
    };
  }

  function details(request) {
    if (!options.details) return missing();
    exactly(request.query, ['type', 'id', 'showhidden', 'dropquestiondetails', 'version']);
    const views = list(request.query.get('id'), 'id').map((id) => cluster.view(id));
    return { status: 200, body: { storables: views.map(storable) } };
  }

  function imported(request) {
    demandText(request);
    const known = ['import_objects', 'import_policy', 'force_create', 'all_orgs_override'];
    const newer = ['skip_cdw_validation_for_tables', 'skip_diff_check'];
    const fields = form(request, [...known, ...newer], ['import_objects']);
    cluster.demandDataManager();
    const policy = fields.get('import_policy') ?? 'PARTIAL';
    if (!['PARTIAL', 'ALL_OR_NONE', 'VALIDATE_ONLY'].includes(policy)) throw new Refusal(400, 10002, 'no such policy');
    const key = options.info ? 'info' : 'response';
    const texts = list(fields.get('import_objects'), 'import_objects');
    return { status: 200, body: { object: texts.map((text) => ({ [key]: cluster.importTml(text, policy) })) } };
  }

  function exported(request) {
    demandText(request);
    const fields = form(request, ['export_ids', 'formattype', 'export_associated', 'export_fqn'], ['export_ids']);
    const views = list(fields.get('export_ids'), 'export_ids').map((id) => cluster.view(id));
    return { status: 200, body: { object: views.map((one) => cluster.exportTml(one, fields.get('formattype'))) } };
  }

  function deleted(request) {
    if (!options.delete) return missing();
    const fields = form(request, ['type', 'id', 'includedisabled'], ['type', 'id']);
    cluster.demandDataManager();
    for (const id of list(fields.get('id'), 'id')) cluster.views.delete(cluster.view(id).id);
    return DONE;
  }

  function dependents(request) {
    if (!options.dependency) return missing();
    exactly(request.query, ['id']);
    return { status: 200, body: cluster.dependents(list(request.query.get('id'), 'id')) };
  }

  function listedDependents(request) {
    const fields = form(request, ['type', 'id', 'batchsize'], ['type', 'id']);
    return { status: 200, body: cluster.dependents(list(fields.get('id'), 'id')) };
  }

  return {
    'metadata/list': { verb: 'GET', work: listed },
    'metadata/listobjectheaders': { verb: 'GET', work: listedTheOldWay },
    'metadata/details': { verb: 'GET', work: details },
    'metadata/tml/import': { verb: 'POST', work: imported },
    'metadata/tml/export': { verb: 'POST', work: exported },
    'metadata/delete': { verb: 'POST', work: deleted },
    'dependency/logicaltable': { verb: 'GET', work: dependents },
    'dependency/listdependents': { verb: 'POST', work: listedDependents },
  };
}

function materializationCalls(cluster) {
  const { options } = cluster;

  function configuration() {
    cluster.demandAdministrator();
    const materializationConfig = {
      enabled: options.enabled,
      maxMaterializedViewsPerCluster: 50,
      refreshWindowStartTime: options.window_start,
      materializationHours: options.window_hours,
    };
    const body = {
      mailConfig: { smtpHost: 'mail.internal', mailLogin: 'smtp-login-nobody-may-see' },
      storageConfig: { connection: 'jdbc:postgresql://internal/?user=x&pw=storage-pw-nobody-may-see' },
      materializationConfig,
      samlConfig: { signingKey: 'saml-key-nobody-may-see' },
    };
    return { status: 200, body };
  }

  function refresh(request) {
    if (!options.materialization) return missing();
    if (request.text !== '' || [...request.query].length > 0)
      throw new Refusal(400, 10002, 'no body and no query are taken');
    if (!request.headers['content-type']) throw new Refusal(415, 10002, 'Unsupported Media Type');
    if (!GUID.test(request.id)) throw new Refusal(400, 10002, `Invalid parameter values: [${request.id}]`);
    cluster.demandAdministrator();
    const one = cluster.view(request.id);
    if (!options.enabled || one.type !== 'AGGR_WORKSHEET' || one.state !== 'stale') {
      const said = 'Error Code: SYSTEM_ERROR Incident Id: x Error Message: View is not materialized or not stale';
      throw new Refusal(500, 10000, said, '\tat com.example.Materializer.refresh(Materializer.java:7)');
    }
    one.state = 'materialized';
    cluster.count.submitted += 1;
    return DONE;
  }

  return {
    'admin/configinfo': { verb: 'GET', work: configuration },
    'materialization/refreshview': { verb: 'POST', work: refresh },
  };
}

export function callsOfVersion1(cluster) {
  return { ...sessionCalls(cluster), ...metadataCalls(cluster), ...materializationCalls(cluster) };
}
