// A person without a page: logs in and speaks JSON-RPC, for the many who fill a sitting.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repo } from './server.mjs';

const require = createRequire(join(repo, 'web/package.json'));
const { WebSocket } = createRequire(require.resolve('puppeteer-core/package.json'))('ws');

export class ApiClient {
  static async login(server, code) {
    const client = new ApiClient();
    const answer = await fetch(`${server.url}/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    if (!answer.ok) throw new Error(`login: ${answer.status} ${await answer.text()}`);
    const { token } = await answer.json();
    await client.connect(server, token);
    return client;
  }

  async connect(server, token) {
    this.pending = new Map();
    this.next = 1;
    this.events = [];
    this.socket = new WebSocket(`${server.url.replace('http', 'ws')}/api`, 'kyhop.v1');
    this.socket.on('message', (text) => this.receive(JSON.parse(text)));
    await new Promise((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
    });
    this.hello = await this.call('hello', { token });
  }

  receive(message) {
    if (message.method === 'event') this.events.push(message.params);
    const call = this.pending.get(message.id);
    if (!call) return;
    this.pending.delete(message.id);
    if (message.error) call.reject(Object.assign(new Error(message.error.message), message.error));
    else call.resolve(message.result);
  }

  call(method, params = {}) {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  }

  close() {
    this.socket.close();
  }
}
