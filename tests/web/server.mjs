// A real `kyhop` with the demo council on free ports and in a folder of its own, for one test.

import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const repo = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** The built pages; KYHOP_PAGES: others than those of web/dist. */
const pages = process.env.KYHOP_PAGES ?? join(repo, 'web/dist');
const run = promisify(execFile);

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** Persons beside the demo council's own, for tests of long lists. */
const rosterOf = (extra) => {
  const text = readFileSync(join(repo, 'config/roster.csv'), 'utf8').trimEnd();
  const more = Array.from({ length: extra }, (_, i) =>
    `x${i},Đại biểu Thử Nghiệm ${i},,Tổ thử,,1970-01-01,delegate`);
  return `${[text, ...more].join('\n')}\n`;
};

export class Server {
  /** `program`: path of kyhop; `plugin`: a folder with the procedure, when it is not one of plugins/. */
  static async start(program, { extraPersons = 0, settings = '{}', rosterText, procedure = 'hai-phong', plugin, addresses } = {}) {
    if (!existsSync(join(pages, 'index.html')))
      throw new Error('web/dist is not there: cd web && npm ci && npm run build');
    const server = new Server();
    server.program = program;
    server.folder = mkdtempSync(join(tmpdir(), 'kyhop-web-'));
    server.port = await freePort();
    mkdirSync(join(server.folder, 'config'));
    cpSync(join(repo, 'plugins'), join(server.folder, 'plugins'), { recursive: true });
    if (plugin) cpSync(plugin, join(server.folder, 'plugins', procedure), { recursive: true });
    writeFileSync(join(server.folder, 'config/roster.csv'), rosterText ?? rosterOf(extraPersons));
    const media = addresses ?? [process.env.KYHOP_ISOLATED ? '10.77.0.1' : '127.0.0.1'];
    const demo = readFileSync(join(repo, 'config/kyhop.lua'), 'utf8');
    const config = demo
      .replace(/port = 8080/, `port = ${server.port}`)
      .replace(/webrtc_port = \d+/, `webrtc_port = ${await freePort()}`)
      .replace(/rtp_port = \d+/, 'rtp_port = 0')
      .replace('addresses = { "127.0.0.1" }', `addresses = { ${media.map((a) => `"${a}"`).join(', ')} }`)
      .replace('"../web/dist"', JSON.stringify(pages))
      .replace('"../core/api/asyncapi.yaml"', JSON.stringify(join(repo, 'core/api/asyncapi.yaml')))
      .replace('settings = {}', `settings = ${settings}`)
      .replace('procedure = "hai-phong"', `procedure = "${procedure}"`);
    server.config = join(server.folder, 'config/kyhop.lua');
    writeFileSync(server.config, config);
    await server.up();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  async up() {
    const env = { ...process.env };
    delete env.KYHOP_DATA;
    this.log = '';
    this.process = spawn(this.program, ['serve', this.config], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stderr.on('data', (text) => (this.log += text));
    await new Promise((resolve, reject) => {
      this.process.stdout.on('data', (text) => {
        this.log += text;
        if (this.log.includes('ready on')) resolve();
      });
      this.process.on('exit', (code) => reject(new Error(`kyhop ended (${code}): ${this.log}`)));
    });
  }

  /** As by a power cut. */
  async kill() {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await ended;
  }

  /** The one-time login code of a person, or with `--all` a map of all. */
  async invite(person) {
    const env = { ...process.env };
    delete env.KYHOP_DATA;
    const { stdout } = await run(this.program, ['invite', this.config, person], { env });
    const codes = stdout.trim().split('\n').map((line) => line.split('#login=')[1]);
    return person === '--all' ? codes : codes[0];
  }

  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGTERM');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ids of the demo roster, in its order. */
export const roster = () =>
  readFileSync(join(repo, 'config/roster.csv'), 'utf8').trim().split('\n').slice(1)
    .map((line) => {
      // Names and ids have no comma; a group may, so the roles are taken from the end.
      const fields = line.split(',');
      return { id: fields[0], name: fields[1], roles: (fields.at(-1) ?? '').split(' ') };
    });
