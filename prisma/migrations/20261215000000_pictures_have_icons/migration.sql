-- Of a logo also icons, as PNG: telephones put nothing else beside their programs.
ALTER TABLE "picture_files" DROP CONSTRAINT "picture_files_are_named_by_content";
ALTER TABLE "picture_files" ADD CONSTRAINT "picture_files_are_named_by_content"
    CHECK ("picture" ~ '^[0-9a-f]{64}$' AND "file" ~ '^[0-9]{1,4}\.(avif|webp|png)$');
