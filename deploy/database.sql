-- A database for Lethe, made by an administrator of the cluster, with psql: `lethe`, or what the variable `database` says.
\set ON_ERROR_STOP on
\if :{?database}
\else
  \set database lethe
\endif

create database :"database" owner lethe_owner template template0 encoding 'UTF8';

-- Nobody else connects, and nobody fills the disk by temporary tables and large objects.
revoke all on database :"database" from public;
grant connect on database :"database" to lethe_app, lethe_backup;
\connect :"database"
revoke execute on function
  lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea), lowrite(integer, bytea)
  from public;
