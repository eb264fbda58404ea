// Debian 12 brings Node 18, which has Web Crypto but no global of it; browsers have.

import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto as Crypto;
