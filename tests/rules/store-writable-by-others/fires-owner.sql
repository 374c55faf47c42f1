UPDATE file SET uid = 1001, user = 'bob' WHERE path IN ('/opt/jdk/cacerts', '/opt/jre/cacerts');
