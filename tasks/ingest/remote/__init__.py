"""remote: inputs behind a URL. They are listed, recognised by what their store says of them, fetched once, and then are files.

    address   what a person gave -> where it lies, under which name it is kept, which secrets never leave it
    store     the interface; s3 (s3fs), web (http, https), other (whatever fsspec knows: gs, az, hf ...)
    listing   addresses -> sources, beside those of local folders
    patience  what went wrong, in a sentence; what may be tried again, and how long that is waited for

`tasks.ingest.fetch` brings the bytes into the warehouse's staging folder; from there on an object is a file like any other.

Which protocols: s3, gs, az/abfs, oss, hf, https and http, and local files. None of them reads another file of this machine
or runs code. Everything else that fsspec knows (ssh, ftp, smb, memory ...) must be named in the setting `remote_protocols`; chained URLs
(`simplecache::s3://…`, `zip://…::…`) never work: they write where they like and open archives without our limits. A redirect
never leads from https to http. An https URL is one file: pages of links are not crawled.

This page imports nothing: a run over local files must not wait for fsspec.
"""
