import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { DirectoriesService } from './directories.service.js';
import { DirectoryGroupsRepository } from './directory-groups.repository.js';
import { DirectoryMirrorRepository } from './directory-mirror.repository.js';
import { DirectoryRecordsRepository } from './directory-records.repository.js';

/**
 * What companies' directories say of their people: who is there, who is not any more, and in which groups. It owns the copies
 * and decides whom a record means; it neither ends sessions nor lets anybody in, and knows users by their id alone.
 */
@Module({
  imports: [DatabaseModule],
  providers: [
    DirectoriesService,
    DirectoryGroupsRepository,
    DirectoryMirrorRepository,
    DirectoryRecordsRepository,
  ],
  exports: [
    DirectoriesService,
    DirectoryGroupsRepository,
    DirectoryMirrorRepository,
    DirectoryRecordsRepository,
  ],
})
export class DirectoriesModule {}
