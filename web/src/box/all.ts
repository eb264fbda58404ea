// The one chunk of the ballot box's cryptography: import() this, nothing else of the folder.

export * from './check';
export * from './code';
export * from './committee';
export * from './group';
export * from './opening';
export * from './paper';
export * from './sealed';
