// Real Better Auth servers for the tests, several in one process.
// stdin:  one line of JSON, {"database": URL, "servers": {NAME: OPTIONS}}; its end is the signal to stop.
// stdout: one line of JSON, {NAME: URL}, once all of them are ready.
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { mcp } from "@better-auth/mcp";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { bearer, jwt } from "better-auth/plugins";
import pg from "pg";

const SCOPES = ["openid", "profile", "email", "offline_access", "tasks:read", "tasks:write"];

function pluginsOf({ algorithm, resource }) {
  const plugins = [jwt(algorithm ? { jwks: { keyPairConfig: { alg: algorithm } } } : {}), bearer()];
  if (resource) {
    plugins.push(
      mcp({
        resource,
        loginPage: "/sign-in",
        consentPage: "/consent",
        scopes: SCOPES,
        allowDynamicClientRegistration: true,
        allowUnauthenticatedClientRegistration: true,
      }),
    );
  }
  return plugins;
}

async function listening() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function start(database, options) {
  const server = await listening();
  const url = `http://127.0.0.1:${server.address().port}`;
  const pool = new pg.Pool({ connectionString: database, options: `-c search_path=${options.schema}`, max: 3 });
  await pool.query(`create schema if not exists ${options.schema}`);
  const [mails, requests] = [[], {}];
  const told = { "/mails": mails, "/requests": requests };
  const auth = betterAuth({
    baseURL: url,
    secret: options.secret,
    database: pool,
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: { level: "error" },
    emailAndPassword: { enabled: true },
    emailVerification: {
      sendOnSignUp: true,
      sendVerificationEmail: async ({ user, token }) => mails.push({ to: user.email, token }),
    },
    user: { deleteUser: { enabled: true } },
    session: options.cookieCache ? { cookieCache: { enabled: true, strategy: options.cookieCache } } : {},
    advanced: {
      useSecureCookies: options.secureCookies ?? false,
      ...(options.ids ? { database: { generateId: options.ids } } : {}),
    },
    plugins: pluginsOf(options),
  });
  await (await getMigrations(auth.options)).runMigrations();
  const handle = toNodeHandler(auth);
  server.on("request", (request, response) => {
    if (request.url in told) return void response.end(JSON.stringify(told[request.url]));
    const path = request.url.split("?")[0];
    requests[path] = (requests[path] ?? 0) + 1;
    return handle(request, response);
  });
  return url;
}

const lines = createInterface({ input: process.stdin });
const { database, servers } = JSON.parse((await once(lines, "line"))[0]);
const urls = {};
for (const [name, options] of Object.entries(servers)) {
  urls[name] = await start(database, options);
}
process.stdout.write(`${JSON.stringify(urls)}\n`);
lines.on("close", () => process.exit(0));
