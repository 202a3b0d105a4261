import { Module } from '@nestjs/common';
import { ConfigModule } from '../config/config.module.js';
import { Config } from '../config/config.js';
import { KeyRing } from './key-ring.js';

/**
 * The key ring made of `SESSION_KEYS`: what seals sign-in cookies and refresh tokens. It owns the derivation of
 * keys for each purpose; it knows nothing of what is sealed.
 */
@Module({
  imports: [ConfigModule],
  providers: [
    { provide: KeyRing, inject: [Config], useFactory: (config: Config) => new KeyRing(config.session.keys) },
  ],
  exports: [KeyRing],
})
export class CryptoModule {}
